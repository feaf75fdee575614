import { amountOf, isWrite, type Kind } from './kinds.ts';
import type { Options } from './options.ts';
import type { Pinning } from './pinning.ts';
import type { Figures, Row } from './summary.ts';

export type Conditions = {
  readonly options: Options;
  readonly mongodVersion: string;
  readonly pinning: Pinning | undefined;
  /** None when mongod's CPU time could not be read. */
  readonly mongodPinned: boolean | undefined;
};

export const nameOf: Readonly<Record<Kind, string>> = {
  get: 'GET /v1/users/:id',
  list: 'GET /v1/users?limit=20',
  health: 'GET /health',
  post: 'POST /v1/users',
  patch: 'PATCH /v1/users/:id',
  'post-keyed': 'POST /v1/users, with a key',
};

export const digits = (value: number, count: number): string => (Number.isFinite(value) ? value.toFixed(count) : '–');

/** A figure of both servers. */
export const both = ({ platform, raw }: Row, show: (figures: Figures) => string): string =>
  `${show(platform)} / ${show(raw)}`;

/** How far the rounds lie apart. */
export const getRange = ({ perCore }: Row): string => `${digits(perCore.min, 2)}–${digits(perCore.max, 2)}`;

const headerOf = ({ load }: Row): string[] => [
  'request',
  'connections' in load ? 'connections' : 'arrivals/s',
  'per core',
  'lowest–highest',
  'server CPU µs',
  'mongod CPU µs',
  'connections' in load ? 'requests/s' : 'served/s',
  'p50 ms',
  'p99 ms',
];

const cellsOf = (row: Row): string[] => [
  nameOf[row.kind],
  String(amountOf(row.load)),
  digits(row.perCore.median, 2),
  getRange(row),
  both(row, ({ serverMicros }) => digits(serverMicros, 0)),
  row.kind === 'health' ? '–' : both(row, ({ mongodMicros }) => digits(mongodMicros, 0)),
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

/** How the figures of a section were measured, in a sentence. */
export const conditionsOf = (name: SectionName, conditions: Conditions): string => {
  const { options, mongodVersion } = conditions;
  const { rounds, sliceMs, seed } = options;
  const size = `${rounds} rounds of slices of ${sliceMs / 1000} s`;
  const arrivals = name === 'arrivals' ? `, arrivals by the seed ${seed}` : '';
  return `Node ${process.versions.node}, mongod ${mongodVersion}; ${size}${arrivals}. ${pinningOf(conditions)}`;
};

const rowSections = ['reads', 'writes', 'arrivals'] as const;

/** The parts of the report, each with a place of its own in the document. */
export const sectionNames = [...rowSections, 'waterfall', 'tracing', 'overload'] as const;
export type SectionName = (typeof sectionNames)[number];

/** The figures of one part, as text. */
export type Section = { readonly name: SectionName; readonly figures: string };

const sectionOf = ({ kind, load }: Row): (typeof rowSections)[number] => {
  if ('perSecond' in load) return 'arrivals';
  return isWrite(kind) ? 'writes' : 'reads';
};

/** The figures of a run, of the parts that were measured. */
export const reportOf = (rows: readonly Row[], conditions: Conditions): Section[] =>
  rowSections.flatMap((name) => {
    const own = rows.filter((row) => sectionOf(row) === name);
    const [first] = own;
    if (!first) return [];
    const table = tableOf([headerOf(first), ...own.map(cellsOf)]);
    return [{ name, figures: `${table}\n\n${conditionsOf(name, conditions)}` }];
  });

const beginOf = (name: SectionName): string => `<!-- ${name}: written by \`npm run bench -- --write\` -->`;
const endOf = (name: SectionName): string => `<!-- end of ${name} -->`;

/** Replaces what stands between the markers of a part of the document. */
export const withFigures = (document: string, { name, figures }: Section): string => {
  const begin = beginOf(name);
  const end = endOf(name);
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The document has no place for figures: '${begin}' to '${end}'.`);
  return `${document.slice(0, from + begin.length)}\n\n${figures}\n\n${document.slice(to)}`;
};

/** @throws when the document lacks the markers of a part; better known before anything is measured than after. */
export const assertPlaces = (document: string): void => {
  for (const name of sectionNames) withFigures(document, { name, figures: '' });
};
