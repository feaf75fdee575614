import type { JournalRow } from '../datastore/journal.ts';

/** A journal row with its place among all rows of the module: the strings of later commits are greater. */
export type JournalEntry = JournalRow & { readonly position: string };

/** Reads a journal in the order of its commits, every entry at least once. Of several processes, one reads. */
export type JournalReaderOptions = {
  readonly module: string;
  /** The place where the reader continues is stored under this name. */
  readonly name: string;
  /** The purposes of the entries. A new receiver gets those of the last seven days, and all if none has been read. */
  readonly receivers: readonly string[];
  /** Called with the next entries and their receivers. The reader continues when the promise resolves. */
  readonly deliver: (entries: readonly JournalEntry[], receivers: readonly string[]) => Promise<void>;
  /** Called for each interruption. The reader continues until it succeeds. */
  readonly onError: (cause: unknown) => void;
  readonly signal: AbortSignal;
};

/** A reader of a journal, which must have passed a row before it expires, with the purposes of its entries. */
export type JournalReaderName = Pick<JournalReaderOptions, 'name' | 'receivers'>;

/** For how many seconds a reader may be without an entry that was committed. About 30 while nothing happens. */
export type JournalLag = { readonly name: string; readonly seconds: number };
