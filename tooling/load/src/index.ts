export { readCommand, runCommand, UsageError } from './command-line.ts';
export { type Platform, type PlatformOptions, startPlatform, type TokenUser } from './platform.ts';
