import { markdownTable } from 'markdown-table';
import { divide, getRatios, median, type Row } from './compare.ts';
import type { Options } from './options.ts';
import { titles } from './requests.ts';
import type { Lab } from './servers.ts';
import type { Slice } from './slice.ts';

/** The first column is on the left, the others on the right. */
const toTable = (rows: readonly Readonly<Record<string, string>>[]): string => {
  const head = Object.keys(rows[0] ?? {});
  const align = head.map((_, column) => (column === 0 ? null : 'right'));
  return markdownTable([head, ...rows.map((row) => Object.values(row))], { align });
};

const toMedian = (slices: readonly Slice[], figure: keyof Slice, digits = 0): string =>
  median(slices.map((slice) => slice[figure])).toFixed(digits);

const toMax = (slices: readonly Slice[], figure: keyof Slice): string =>
  Math.max(...slices.map((slice) => slice[figure])).toFixed(0);

/** Formats the comparison of two servers. */
export const toComparisonTable = (rows: readonly Row[], isPoisson = false): string => {
  const toCells = (row: Row) => {
    const ratios = getRatios(row);
    const toPair = (figure: keyof Slice, digits?: number): string =>
      `${toMedian(row.subject, figure, digits)} / ${toMedian(row.reference, figure, digits)}`;
    return {
      request: titles[row.kind],
      [isPoisson ? 'arrivals/s' : 'connections']: String(row.load),
      'per core': median(ratios).toFixed(2),
      'lowest–highest': `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
      'server CPU µs': toPair('serverMicros'),
      ...(isPoisson
        ? { 'p50 ms': toPair('p50Ms', 2), 'p99 ms': toPair('p99Ms', 2) }
        : { 'mongod CPU µs': toPair('mongodMicros'), 'requests/s': toPair('perSecond') }),
    };
  };
  return toTable(rows.map(toCells));
};

/** Formats the comparison of overloads with the peak. */
export const toOverloadTable = (rows: readonly Row[]): string => {
  const toCells = ({ kind, load, subject, reference }: Row) => ({
    request: titles[kind],
    clients: String(load),
    'peak/s': toMedian(reference, 'perSecond'),
    'served/s': toMedian(subject, 'perSecond'),
    'of peak': median(divide(subject, reference, 'perSecond')).toFixed(2),
    'rejected/s': toMedian(subject, 'rejectedPerSecond'),
    'health ms': toMax(subject, 'healthMs'),
    'memory MiB': `${toMax(reference, 'memoryMiB')} / ${toMax(subject, 'memoryMiB')}`,
  });
  return toTable(rows.map(toCells));
};

/** States in a sentence how figures were measured. */
export const describeConditions = (
  { mongodVersion, arePinned }: Lab['conditions'],
  { rounds, seconds }: Options,
): string => {
  const cpus = arePinned
    ? 'The server had a CPU to itself; load and mongod shared another one.'
    : 'Load, server and mongod were not kept on CPUs of their own, so the figures scatter more.';
  return `Node ${process.versions.node}, mongod ${mongodVersion}; ${rounds} rounds of ${seconds} s. ${cpus}`;
};

/** Replaces the figures of a mode in a document. @throws when the document has no place for them. */
export const replaceFigures = (document: string, mode: string, figures: string): string => {
  const begin = `<!-- ${mode}: written by \`npm run bench -- ${mode} --write\` -->`;
  const end = `<!-- end of ${mode} -->`;
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document has no place for figures: '${begin}' to '${end}'.`);
  return `${document.slice(0, from + begin.length)}\n\n${figures}\n\n${document.slice(to)}`;
};
