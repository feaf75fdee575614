import type { Row, Slice } from './compare.ts';
import { titles } from './requests.ts';

export const digits = (value: number, count: number): string => (Number.isFinite(value) ? value.toFixed(count) : '–');

/** Formats a Markdown table that also reads well as plain text; the first column is on the left, the others on the right. */
export const toTable = (rows: readonly (readonly string[])[]): string => {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const toLine = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '')[column === 0 ? 'padEnd' : 'padStart'](width)).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`));
  return [toLine(head), `|${rule.join('|')}|`, ...rows.slice(1).map(toLine)].join('\n');
};

const toPair = ({ subject, reference }: Row, figure: keyof Slice, count = 0): string =>
  `${digits(subject[figure], count)} / ${digits(reference[figure], count)}`;

const ratioCells = ({ ratio }: Row): string[] => [
  digits(ratio.median, 2),
  `${digits(ratio.min, 2)}–${digits(ratio.max, 2)}`,
];

/** Formats the rows of closed loops. */
export const toLoopTable = (rows: readonly Row[]): string =>
  toTable([
    ['request', 'connections', 'per core', 'lowest–highest', 'server CPU µs', 'mongod CPU µs', 'requests/s'],
    ...rows.map((row) => [
      titles[row.kind],
      'connections' in row.load ? String(row.load.connections) : '',
      ...ratioCells(row),
      toPair(row, 'serverMicros'),
      toPair(row, 'mongodMicros'),
      toPair(row, 'perSecond'),
    ]),
  ]);

/** Formats the rows of Poisson arrivals. */
export const toArrivalsTable = (rows: readonly Row[]): string =>
  toTable([
    ['request', 'arrivals/s', 'per core', 'lowest–highest', 'server CPU µs', 'p50 ms', 'p99 ms'],
    ...rows.map((row) => [
      titles[row.kind],
      'perSecond' in row.load ? String(row.load.perSecond) : '',
      ...ratioCells(row),
      toPair(row, 'serverMicros'),
      toPair(row, 'p50Ms', 2),
      toPair(row, 'p99Ms', 2),
    ]),
  ]);

export type Conditions = {
  readonly mongodVersion: string;
  readonly arePinned: boolean;
  readonly rounds: number;
  readonly seconds: number;
};

/** States in a sentence how figures were measured. */
export const toConditions = ({ mongodVersion, arePinned, rounds, seconds }: Conditions): string => {
  const cpus = arePinned
    ? 'The server had a CPU to itself; load and mongod shared another one.'
    : 'Load, server and mongod were not kept on CPUs of their own, so the figures scatter more.';
  return `Node ${process.versions.node}, mongod ${mongodVersion}; ${rounds} rounds of ${seconds} s. ${cpus}`;
};

const toMarkers = (mode: string) => ({
  begin: `<!-- ${mode}: written by \`npm run bench -- ${mode} --write\` -->`,
  end: `<!-- end of ${mode} -->`,
});

/** Replaces the figures of a mode in a document. @throws when the document has no place for them. */
export const replaceFigures = (document: string, mode: string, figures: string): string => {
  const { begin, end } = toMarkers(mode);
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document has no place for figures: '${begin}' to '${end}'.`);
  return `${document.slice(0, from + begin.length)}\n\n${figures}\n\n${document.slice(to)}`;
};
