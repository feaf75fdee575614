import { isatty } from 'node:tty';
import { pino } from 'pino';
import type { Destination } from '../types.ts';
import { createBufferedDestination, maxWriteRetries } from './buffered.ts';
import { createPrettifier } from './pretty.ts';

const stdout = 1;

type StdoutOptions = {
  /** Buffers the lines, because a write for each one costs too much. A kill -9 loses at most about a second of them. */
  readonly isProduction: boolean;
};

/**
 * Creates the destination on standard output: buffered JSON in production; else each line immediately, readable on a
 * terminal and JSON elsewhere.
 */
export const createStdoutDestination = ({ isProduction }: StdoutOptions): Destination => {
  if (isProduction) return createBufferedDestination({ fd: stdout });
  const out = pino.destination({ fd: stdout, sync: true, maxWriteRetries });
  out.on('error', () => undefined);
  const format = isatty(stdout) ? createPrettifier() : (line: string) => line;
  return { write: (line) => void out.write(format(line)) };
};
