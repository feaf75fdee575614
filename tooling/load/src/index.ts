export { readCommand, runCommand, UsageError } from './command-line.ts';
export { createUsers, type Platform, type PlatformOptions, startPlatform, type TokenUser } from './platform.ts';
