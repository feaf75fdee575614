import { apiPackages, type Bump, type Carried, getNeededBump, isEnough } from './bumps.ts';
import type { Change, Kind } from './snapshots.ts';

export const kinds: readonly Kind[] = ['breaking', 'additive', 'editorial'];

/** Returns the kind that breaks clients most; undefined without changes. */
export const getWorstKind = (changes: readonly Change[]): Kind | undefined =>
  kinds.find((kind) => changes.some((change) => change.kind === kind));

const titles: Readonly<Record<Kind, string>> = {
  breaking: 'Breaking: a client that works today fails, or does not compile',
  additive: 'Additive: clients may use it, or ignore it',
  editorial: 'Editorial: texts, examples and order',
};

const shownMax = 6;

/** Shows a change of several operations, as that of a shared schema, once. */
const renderChange = (same: readonly Change[]): string => {
  const [first] = same;
  if (!first) return '';
  const places = [...new Set(same.map(({ operation, action }) => `      ${operation}  ${action}`.trimEnd()))];
  const more = places.length - shownMax;
  return [
    `  ${first.rule}: ${first.text}`,
    ...(first.operation === '' ? [] : places.slice(0, shownMax)),
    ...(more > 0 ? [`      and ${more} more`] : []),
  ].join('\n');
};

const renderKind = (kind: Kind, changes: readonly Change[]): string[] => {
  const found = changes.filter((change) => change.kind === kind);
  const groups = Map.groupBy(found, ({ rule, text }) => `${rule} ${text}`);
  return groups.size === 0 ? [] : ['', titles[kind], ...[...groups.values()].map(renderChange)];
};

const renderBump = (needed: Bump, { bump, paths }: Carried): string => {
  if (isEnough(bump, needed)) {
    const source = paths.length > 0 ? paths.join(', ') : 'the version';
    return `They need the bump ${needed}; ${source} carries ${bump}.`;
  }
  const [name] = apiPackages;
  return `They need a changeset with '${name}': ${needed}, and ${bump === 'none' ? 'there is none' : `there is one with ${bump} only`}.`;
};

const advice = `Keep what was promised, and add a second version (docs/guides/versions.md), or announce the break: run
\`pnpm exec changeset\` in \`npm run shell\`, say in its file what clients have to change, and commit it.`;

export type Report = { readonly text: string; readonly isAllowed: boolean };

export type ReportOptions = { readonly against: string; readonly version: string; readonly carried: Carried };

/** Renders the changes for the terminal. A breaking change is allowed only when a changeset carries its bump. */
export const createReport = (changes: readonly Change[], { against, version, carried }: ReportOptions): Report => {
  const worst = getWorstKind(changes);
  const needed = getNeededBump(worst, version);
  const isAllowed = worst !== 'breaking' || isEnough(carried.bump, needed);
  const lines = [
    `Compared with ${against}.`,
    ...kinds.flatMap((kind) => renderKind(kind, changes)),
    '',
    ...(changes.length === 0 ? ['The contracts promise the same.'] : []),
    ...(worst !== undefined && needed === 'none' ? ['They need no changeset.'] : []),
    ...(needed === 'none' ? [] : [renderBump(needed, carried)]),
    ...(isAllowed ? [] : ['', advice]),
  ];
  return { text: `${lines.join('\n')}\n`, isAllowed };
};
