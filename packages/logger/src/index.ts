export { createLogger, type LoggerOptions } from './logger.ts';
export { type CollectedLines, collectLines } from './output/collect-lines.ts';
export { createStdoutDestination } from './output/stdout.ts';
export type { Destination, Fields, Level, Log, Logger, RequestLine } from './types.ts';
