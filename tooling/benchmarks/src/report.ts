import type { Options, Read } from './options.ts';
import type { Pinning } from './pinning.ts';
import type { Figures, Row } from './summary.ts';

export type Conditions = {
  readonly options: Options;
  readonly mongodVersion: string;
  readonly pinning: Pinning | undefined;
  /** None when mongod's CPU time could not be read. */
  readonly mongodPinned: boolean | undefined;
};

const nameOf: Readonly<Record<Read, string>> = {
  get: 'GET /v1/users/:id',
  list: 'GET /v1/users?limit=20',
  health: 'GET /health',
};

const digits = (value: number, count: number): string => (Number.isFinite(value) ? value.toFixed(count) : '–');

const both = ({ platform, raw }: Row, show: (figures: Figures) => string): string => `${show(platform)} / ${show(raw)}`;

const header = [
  'request',
  'connections',
  'per core',
  'lowest–highest',
  'server CPU µs',
  'mongod CPU µs',
  'requests/s',
  'p50 ms',
  'p99 ms',
];

const cellsOf = (row: Row): string[] => [
  nameOf[row.read],
  String(row.connections),
  digits(row.perCore.median, 2),
  `${digits(row.perCore.min, 2)}–${digits(row.perCore.max, 2)}`,
  both(row, ({ serverMicros }) => digits(serverMicros, 0)),
  row.read === 'health' ? '–' : both(row, ({ mongodMicros }) => digits(mongodMicros, 0)),
  both(row, ({ perSecond }) => digits(perSecond, 0)),
  both(row, ({ p50Ms }) => digits(p50Ms, 2)),
  both(row, ({ p99Ms }) => digits(p99Ms, 2)),
];

/** A Markdown table that is also read easily as plain text: first column to the left, the others to the right. */
export const tableOf = (rows: readonly (readonly string[])[]): string => {
  const [head = []] = rows;
  const widths = head.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, at) => (row[at] ?? '')[at === 0 ? 'padEnd' : 'padStart'](width)).join(' | ')} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.slice(1).map(line)].join('\n');
};

const pinningOf = ({ pinning, mongodPinned }: Conditions): string => {
  if (!pinning) return 'Nothing was pinned to a CPU (that needs two CPUs and `taskset`), so the figures scatter more.';
  const server = 'The server had a CPU to itself';
  if (mongodPinned === undefined) return `${server}, the load another one; mongod is not a process of this machine.`;
  return mongodPinned
    ? `${server}; load and mongod shared another one.`
    : `${server}, the load another one; mongod was not started for this run, and was not pinned.`;
};

const conditionsOf = (conditions: Conditions): string => {
  const { options, mongodVersion } = conditions;
  const { rounds, sliceMs } = options;
  return `Node ${process.versions.node}, mongod ${mongodVersion}; ${rounds} rounds of slices of ${sliceMs / 1000} s. ${pinningOf(conditions)}`;
};

/** The figures of a run: each pair is the platform / the raw server. */
export const reportOf = (rows: readonly Row[], conditions: Conditions): string =>
  [tableOf([header, ...rows.map(cellsOf)]), '', conditionsOf(conditions)].join('\n');

const begin = '<!-- figures: written by `npm run bench -- --write` -->';
const end = '<!-- end of figures -->';

/** Replaces what stands between the markers of a document. */
export const withFigures = (document: string, figures: string): string => {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The document has no place for figures: '${begin}' to '${end}'.`);
  return `${document.slice(0, from + begin.length)}\n\n${figures}\n\n${document.slice(to)}`;
};
