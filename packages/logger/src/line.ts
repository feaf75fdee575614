import type { Line } from './logger-port.ts';

/** A line as it is written. */
export const textOf = (line: Line): string => (typeof line === 'string' ? line : line());
