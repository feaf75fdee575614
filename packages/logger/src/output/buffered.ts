import { pino } from 'pino';
import type { Destination } from '../types.ts';

type BufferedOptions = {
  readonly fd: number;
  /** Beyond this many bytes lines are dropped: a reader that has stalled costs lines, not the memory of the process. */
  readonly maxLength?: number;
};

/** About a second, because sonic-boom waits 100 ms between two attempts on a destination that is not ready. */
export const maxWriteRetries = 10;

const toDroppedLine = (count: number): string =>
  `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), event: 'log-lines-dropped', count })}\n`;

/**
 * Writes lines asynchronously, 12 KiB at a time and at least once a second; the rest is written at exit. A destination
 * that cannot be written to never throws and never keeps the process from ending.
 */
export const createBufferedDestination = ({ fd, maxLength = 16_777_216 }: BufferedOptions): Destination => {
  const out = pino.destination({
    fd,
    sync: false,
    minLength: 12_288,
    periodicFlush: 1000,
    maxLength,
    maxWriteRetries,
  });
  let dropped = 0;
  const reportDropped = (): void => {
    if (dropped === 0) return;
    const count = dropped;
    dropped = 0;
    out.write(toDroppedLine(count));
  };
  out.on('drop', () => {
    dropped += 1;
  });
  out.on('drain', reportDropped);
  // A failed write is repeated with the next one; there is nowhere to report it.
  out.on('error', () => undefined);
  const flush = (): boolean => {
    try {
      out.flushSync();
      reportDropped();
      out.flushSync();
      return true;
    } catch {
      return false;
    }
  };
  // pino flushes at exit as well, and would throw. It skips a destroyed destination.
  process.prependListener('exit', () => {
    if (!flush()) out.destroy();
  });
  const write = (line: string): void => {
    try {
      out.write(line);
    } catch {
      // Another exit handler logs after the destination has been destroyed.
    }
  };
  return { write, flush: () => void flush() };
};
