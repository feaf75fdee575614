export { createUsers, type Platform, type PlatformOptions, startPlatform, type TokenUser } from './platform.ts';
