export type { CollectedLines } from './destination.ts';
export { collectLines, stdoutDestination } from './destination.ts';
export type { LoggerOptions } from './logger.ts';
export { createLogger } from './logger.ts';
export type { Destination, Fields, Level, LineIds, Log, Logger, RequestLine } from './logger-port.ts';
