import { compareDeprecations } from './compare-deprecations.ts';
import type { Contracts, Facts, Finding, Kind } from './snapshots.ts';

/** The kinds of a line that is added to a list of facts, and of one that is removed. */
type ListRule = { readonly noun: string; readonly added: Kind; readonly removed: Kind };

const lists = {
  callers: { noun: 'caller', added: 'additive', removed: 'breaking' },
  combinations: { noun: 'combination', added: 'additive', removed: 'breaking' },
  checks: { noun: 'check', added: 'breaking', removed: 'additive' },
  // A conversion decides how a value that is read back differs from the one that was sent.
  conversions: { noun: 'conversion', added: 'breaking', removed: 'breaking' },
} as const satisfies Partial<Record<keyof Facts, ListRule>>;

export const compareLists = (
  before: readonly string[],
  after: readonly string[],
  { noun, added, removed }: ListRule,
) => [
  ...after
    .filter((line) => !before.includes(line))
    .map((line): Finding => ({ kind: added, rule: `${noun}-added`, text: `${noun} \`${line}\` is added` })),
  ...before
    .filter((line) => !after.includes(line))
    .map((line): Finding => ({ kind: removed, rule: `${noun}-removed`, text: `${noun} \`${line}\` is removed` })),
];

/** Equals `bodyLimitBytes` of service-kit, the limit of routes whose facts have none. */
const defaultBodyBytesMax = 256 * 1024;

/** Compares what only the contracts say about an operation. */
export const compareFacts = (before: Facts, after: Facts): readonly Finding[] => {
  const changes: Finding[] = [...compareDeprecations(before.deprecated, after.deprecated)];
  if (before.module !== after.module) {
    const text = `the function is imported from \`${after.module}\` instead of \`${before.module}\``;
    changes.push({ kind: 'breaking', rule: 'module-changed', text });
  }
  if (before.limit !== after.limit) {
    const kind = after.limit === undefined ? 'additive' : 'breaking';
    const text = `the rate limit is ${after.limit ?? 'the usual one'} instead of ${before.limit ?? 'the usual one'}`;
    changes.push({ kind, rule: 'limit-changed', text });
  }
  const { bodyBytesMax: old = defaultBodyBytesMax } = before;
  const { bodyBytesMax: now = defaultBodyBytesMax } = after;
  if (old !== now) {
    const text = `a body may have ${now} bytes instead of ${old}`;
    changes.push({ kind: now < old ? 'breaking' : 'additive', rule: 'body-bytes-changed', text });
  }
  for (const [key, rule] of Object.entries(lists) as [keyof typeof lists, ListRule][]) {
    changes.push(...compareLists(before[key] ?? [], after[key] ?? [], rule));
  }
  return changes;
};

/** The facts that belong to several operations, with a noun for a line of each. */
const shared = { problems: 'problem data', lifecycles: 'transition' } as const;

/** Compares the data of problems and the state machines. */
export const compareShared = (before: Contracts, after: Contracts): readonly Finding[] =>
  (Object.keys(shared) as (keyof typeof shared)[]).flatMap((section) =>
    [...new Set([...Object.keys(before[section]), ...Object.keys(after[section])])].flatMap((name) =>
      compareLists(before[section][name] ?? [], after[section][name] ?? [], {
        noun: shared[section],
        added: 'additive',
        removed: 'breaking',
      }).map(({ rule, text, ...change }) => ({
        ...change,
        rule: rule.replace(' ', '-'),
        text: `${name}: ${text}`,
      })),
    ),
  );
