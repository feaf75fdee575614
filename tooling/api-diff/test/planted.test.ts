import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { createComparison } from '../src/compare.ts';
import { getWorstKind } from '../src/report.ts';
import type { Change, Kind, Snapshots } from '../src/snapshots.ts';
import { child, createEditor, type Plant } from './editor.ts';
import { events } from './planted-events.ts';
import { operations } from './planted-operations.ts';
import { requests } from './planted-requests.ts';
import { responses } from './planted-responses.ts';

const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8'));
const committed = {
  openapi: await read('openapi.json'),
  asyncapi: await read('asyncapi.json'),
  contracts: await read('contracts.json'),
} as Snapshots;

const today = '2026-11-30';

/** The committed contracts, with the end of two operations announced, and with a second version of an event. */
const base = ((): Snapshots => {
  const { operation, facts, event, data, snapshots } = createEditor(committed);
  const paid = data('orders.order-paid', 2, structuredClone(data('orders.order-paid', 1)));
  child(paid, 'properties')['channel'] = { type: 'string' };
  Object.assign(event('orders.order-paid'), { version: 2, upcastsFrom: [1], checks: ['data/paid: must be positive'] });
  for (const [operationId, deprecated] of [
    ['getVoucherUses', { since: '2026-11-01', sunset: '2027-11-30' }],
    ['exportUsers', { since: '2025-10-01', sunset: '2026-11-01' }],
  ] as const) {
    operation(operationId)['deprecated'] = true;
    facts(operationId)['deprecated'] = deprecated;
  }
  return snapshots;
})();

type Planted = { readonly kind: Kind; readonly title: string; readonly plant: Plant };

const planted: readonly Planted[] = [requests, responses, operations, events].flatMap((plants) =>
  (Object.keys(plants) as Kind[]).flatMap((kind) =>
    Object.entries(plants[kind]).map(([title, plant]) => ({ kind, title, plant })),
  ),
);

const change = ({ plant }: Planted): Snapshots => {
  const editor = createEditor(base);
  plant(editor);
  return editor.snapshots;
};

const compare = createComparison(base, today);
const results = planted.map((item) => ({ ...item, changes: compare(change(item)) }));

const toKind = (changes: readonly Change[]): Kind => getWorstKind(changes) ?? 'editorial';

/** Returns the kind that the differ alone decides, which cannot see `docs/contracts.json`. */
const toDifferKind = (changes: readonly Change[]): Kind =>
  toKind(changes.flatMap(({ differ, ...other }) => (differ ? [{ ...other, kind: differ }] : [])));

const isBreaking = (kind: Kind): boolean => kind === 'breaking';

type Result = (typeof results)[number];

const isRight = ({ kind, changes }: Result): boolean => isBreaking(toKind(changes)) === isBreaking(kind);

const describeScore = (name: string, hasScored: (item: Result) => boolean): string =>
  `${name}: ${results.filter(hasScored).length} of ${results.length} planted changes are right.`;

it('has at least 30 breaking changes and 30 others, and each of them changes the contracts', () => {
  const breaking = planted.filter(({ kind }) => kind === 'breaking').length;
  expect(Math.min(breaking, planted.length - breaking)).toBeGreaterThanOrEqual(30);
  // The order of fields and values is not a part of the contract.
  const unseen = results.filter(({ changes, title }) => changes.length === 0 && !title.includes('order'));
  expect(unseen.map(({ title }) => title)).toEqual(['a component is renamed', 'a component is written in its place']);
});

it('classifies at least 95 % of the changes as planted, and no breaking one as additive or editorial', () => {
  console.info(describeScore('By kind', ({ kind, changes }) => toKind(changes) === kind));
  console.info(
    describeScore('Breaking or not', isRight),
    describeScore('The differ alone', ({ kind, changes }) => isBreaking(toDifferKind(changes)) === isBreaking(kind)),
  );
  const wrong = results.filter(({ kind, changes }) => toKind(changes) !== kind);
  expect(wrong.length / results.length, wrong.map(({ title }) => title).join('\n')).toBeLessThanOrEqual(0.05);
  expect(wrong.filter(({ kind }) => isBreaking(kind)).map(({ title }) => title)).toEqual([]);
});

it('names the rule and the functions of the client', () => {
  const [lost] = results.filter(({ title }) => title === 'a status has a further value');
  expect(lost?.changes).toContainEqual({
    kind: 'breaking',
    rule: 'response-enum-added',
    text: 'response 200: `status` value "lost" is added',
    operation: 'GET /v1/orders/{id}',
    action: 'orders.getOrder',
    differ: 'breaking',
  });
  for (const { changes } of results) {
    for (const { rule, text } of changes)
      expect([rule, text]).toEqual([expect.stringMatching(/^[a-z-]+$/), expect.any(String)]);
  }
});

it('names an event, its change, and what the change lacks', () => {
  const findChanges = (title: string) => results.find((result) => result.title === title)?.changes;
  const event = { kind: 'breaking', operation: 'event orders.order-placed', action: '' };
  expect(findChanges('a field of an event is removed without a new version')).toContainEqual({
    ...event,
    rule: 'event-data-field-removed',
    text: 'event data: `total` is removed, without a new version',
    differ: 'breaking',
  });
  expect(findChanges('a required field is added to an event without a new version')).toContainEqual({
    ...event,
    rule: 'stored-event-data-required-added',
    text: 'stored event data: `channel` becomes required, without a new version',
    differ: 'breaking',
  });
  expect(findChanges('an event has a new version without an upcaster')).toContainEqual({
    ...event,
    rule: 'event-upcaster-missing',
    text: 'no upcaster converts version 1 to version 2',
  });
});

it('finds no change in the same contracts', () => {
  expect(compare(structuredClone(base))).toEqual([]);
});

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'plinth-api-diff-'));
afterAll(() => rm(folder, { recursive: true }));

const hasOasdiff = process.env['PLINTH_HEAVY'] === '1' && spawnSync('oasdiff', ['--version']).status === 0;

// Each comparison takes half a second.
it.runIf(hasOasdiff)('classifies more changes right than oasdiff', { timeout: 600_000 }, async () => {
  const write = async (name: string, { openapi }: Snapshots): Promise<string> => {
    await writeFile(join(folder, name), JSON.stringify(openapi));
    return join(folder, name);
  };
  const before = await write('before.json', base);
  let right = 0;
  for (const item of planted) {
    const after = await write('after.json', change(item));
    const { stdout } = await run('oasdiff', ['breaking', before, after, '--format', 'json']);
    const found = JSON.parse(stdout || '[]') as { level: number }[];
    if (found.length > 0 === (item.kind === 'breaking')) right += 1;
  }
  console.info(`oasdiff with its warnings: ${right} of ${planted.length} planted changes are right.`);
  expect(right).toBeLessThan(results.filter(isRight).length);
});
