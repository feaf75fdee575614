import type { Destination } from '../types.ts';

/** A destination for tests that keeps the lines. */
export type CollectedLines = Destination & {
  readonly lines: readonly string[];
  /** The lines, parsed. */
  records(): readonly Record<string, unknown>[];
};

/** Collects lines instead of writing them. */
export const collectLines = (): CollectedLines => {
  const lines: string[] = [];
  return {
    lines,
    write: (line) => void lines.push(line),
    records: () => lines.map((line): Record<string, unknown> => JSON.parse(line)),
  };
};
