export { type Engines, type Person, type Platform, startPlatform } from './platform.ts';
