import { createBufferedWriter, writeNow } from './buffered-writer.ts';
import { textOf } from './line.ts';
import type { Destination } from './logger-port.ts';

type StdoutOptions = {
  /** Gathers 64 KiB, or a second, before it writes: for production, where a write for each line costs too much. */
  readonly buffered: boolean;
};

/** Standard output. Buffered lines are written at exit as well; a kill -9 loses at most about a second of them. */
export const stdoutDestination = ({ buffered }: StdoutOptions): Destination =>
  buffered ? createBufferedWriter({ fd: 1 }) : { write: (line) => writeNow(textOf(line), { fd: 1 }) };

/** A destination for tests: it keeps the lines, and reads them back. */
export type CollectedLines = Destination & {
  readonly lines: readonly string[];
  /** The lines as objects. */
  records(): readonly Record<string, unknown>[];
};

/** Collects lines instead of writing them. */
export const collectLines = (): CollectedLines => {
  const lines: string[] = [];
  return {
    lines,
    write: (line) => lines.push(textOf(line)),
    records: () => lines.map((line): Record<string, unknown> => JSON.parse(line)),
  };
};
