import { createSigner, createStatementReader, generateSigningKey, toPublicJwk } from '@plinth/auth';
import { type AuditEventDocument, auditEvents } from '@plinth/models/audit';
import { createId } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashEvent } from '../src/hash-event.ts';
import { createEntries, openTrail } from './trail.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const largeCount = isHeavy ? 1_000_000 : 10_000;
const smallCount = 40;

let trail: Awaited<ReturnType<typeof openTrail>>;
/** A tenant with many audit events. */
const large = createId();

beforeAll(async () => {
  trail = await openTrail();
  for (let count = 0; count < largeCount; count += 2000) await trail.receive(createEntries(large, 2000));
}, 3_600_000);
afterAll(() => trail.datastore.close());

type Event = AuditEventDocument;

const stored = (name: string) => trail.datastore.client.db(`${trail.datastore.databasePrefix}audit`).collection(name);

const createChain = async (): Promise<string> => {
  const tenantId = createId();
  await trail.receive(createEntries(tenantId, smallCount));
  return tenantId;
};

/** Replaces the stored audit events of a tenant. */
const replace = async (tenantId: string, change: (events: Event[]) => Event[]): Promise<void> => {
  const changed = change((await trail.events(tenantId)) as unknown as Event[]);
  await stored(auditEvents.name).deleteMany({ tenantId });
  await stored(auditEvents.name).insertMany(changed as never[]);
};

const rehash = ({ hash: _hash, version, updatedAt, ...fields }: Event): Event => {
  return { ...fields, version, updatedAt, hash: hashEvent(fields) };
};

/** Makes the hashes of a chain again, from the audit event at an index on. */
const rehashFrom = (events: Event[], first: number): Event[] => {
  const chain = events.slice(0, first);
  for (const event of events.slice(first)) {
    chain.push(rehash({ ...event, previousHash: chain.at(-1)?.hash ?? '0'.repeat(64) }));
  }
  return chain;
};

const alter = (number: number, change: (event: Event) => Event) => (events: Event[]) =>
  events.map((event) => (event.sequence === number ? change(event) : event));
const renumber = (events: Event[]): Event[] => events.map((event, index) => ({ ...event, sequence: index + 1 }));
const insertAfter = (index: number) => (events: Event[]) => {
  const before = events[index - 1] as Event;
  const added = rehash({ ...before, _id: createId(), sequence: index + 1, previousHash: before.hash });
  return events.toSpliced(index, 0, added);
};
const move = (from: number, to: number) => (events: Event[]) =>
  events.toSpliced(from - 1, 1).toSpliced(to - 1, 0, events[from - 1] as Event);

const fields: Partial<Record<keyof Event, unknown>> = {
  _id: createId(),
  createdAt: new Date(42),
  updatedAt: new Date(42),
  version: 2,
  module: 'orders',
  action: 'other',
  actorKind: 'consumer',
  actorId: createId(),
  requestId: 'other',
  traceId: 'other',
  messageId: 'other',
  resourceKeys: [],
  changes: [],
  hash: 'f'.repeat(64),
};

const alterations: readonly (readonly [string, (events: Event[]) => Event[], string])[] = [
  ...Object.entries(fields).map(
    ([name, value]) =>
      [`an altered ${name}`, alter(20, (event) => ({ ...event, [name]: value })), '20: was altered'] as const,
  ),
  [
    'an alteration with its hash made again',
    alter(20, (event) => rehash({ ...event, action: 'other' })),
    '20: was altered, and its hash made again',
  ],
  ['an altered previousHash', alter(20, (event) => ({ ...event, previousHash: 'f'.repeat(64) })), '20: was altered'],
  [
    'a chain that was made again from an alteration on',
    (events) => rehashFrom(alter(20, (event) => ({ ...event, action: 'other' }))(events), 19),
    `${smallCount}: the signed end of the chain has another hash`,
  ],
  ['a removed audit event', (events) => events.toSpliced(19, 1), '20: was removed'],
  ['the first one removed', (events) => events.slice(1), '1: was removed'],
  ['the last one removed', (events) => events.slice(0, -1), `${smallCount}: was removed`],
  ['all removed', (events) => [{ ...(events[0] as Event), tenantId: createId() }], '1: was removed'],
  ['a removed one, with the others renumbered', (events) => renumber(events.toSpliced(19, 1)), '20: was removed'],
  ['an inserted one', (events) => renumber(insertAfter(19)(events)), '20: was inserted'],
  ['one inserted at the end', insertAfter(smallCount), `${smallCount + 1}: was inserted after the end`],
  ['two in another order', (events) => renumber(move(20, 21)(events)), '20: was reordered: it had the number 21'],
  ['one moved far', (events) => renumber(move(30, 5)(events)), '5: was reordered: it had the number 30'],
];

describe('verify', () => {
  it.each(alterations)('names %s', async (_, change, problem) => {
    const tenantId = await createChain();
    expect(await trail.verify(tenantId)).toEqual({
      isUnaltered: true,
      lines: [expect.stringMatching(/^40 audit events/)],
    });
    await replace(tenantId, change);
    const { isUnaltered, lines } = await trail.verify(tenantId);
    expect(isUnaltered).toBe(false);
    expect(lines).toEqual([
      expect.stringContaining(`${tenantId}: audit event ${problem}`),
      '1 of 1 chains were altered.',
    ]);
  });

  it('names an end of the chain that was removed, or that no key has signed', async () => {
    const [removed, forged, copied] = [await createChain(), await createChain(), await createChain()];
    const ends = stored('auditChains');
    await ends.deleteOne({ tenantId: removed });
    const end = await ends.findOne({ tenantId: forged });
    const other = createSigner(await generateSigningKey());
    const signature = await other.sign({ tenantId: forged, sequence: smallCount, hash: end?.['hash'] });
    await ends.updateOne({ tenantId: forged }, { $set: { signature } });
    await ends.updateOne({ tenantId: copied }, { $set: { signature: end?.['signature'] } });
    expect((await trail.verify(removed)).lines[0]).toContain('40: the signed end of the chain was removed');
    for (const tenantId of [forged, copied]) {
      expect((await trail.verify(tenantId)).lines[0]).toContain(
        '40: the signed end of the chain has a wrong signature',
      );
    }
  });

  it('accepts the signatures of given keys only', async () => {
    const readStatement = createStatementReader([toPublicJwk(await generateSigningKey())]);
    expect(await trail.verify(await createChain(), readStatement)).toMatchObject({ isUnaltered: false });
  });
});

describe(`verify of ${largeCount} audit events`, () => {
  /** Changes a document, expects what verify finds, and undoes the change. */
  const expectFound = async (name: string, sequence: number, change: object | undefined, problem: string) => {
    const [collection, filter] = [stored(name), { tenantId: large, sequence }];
    const original = await collection.findOne(filter);
    if (!original) throw new Error(`There is no document ${sequence} in ${name}.`);
    if (change) await collection.updateOne(filter, { $set: change });
    else await collection.deleteOne(filter);
    expect((await trail.verify(large)).lines[0]).toContain(`audit event ${sequence}: ${problem}`);
    await collection.replaceOne({ _id: original._id }, original, { upsert: true });
  };

  it('reads them in a stream, and finds nothing wrong', async () => {
    const before = process.memoryUsage().rss;
    let growth = 0;
    const timer = setInterval(() => {
      growth = Math.max(growth, process.memoryUsage().rss - before);
    }, 20);
    const { isUnaltered, lines } = await trail.verify(large);
    clearInterval(timer);
    expect({ isUnaltered, lines }).toEqual({
      isUnaltered: true,
      lines: [`${largeCount} audit events in 1 chains are as they were written.`],
    });
    expect(growth).toBeLessThan(200 * 1024 * 1024);
  }, 600_000);

  it('names an altered or removed audit event in the middle, and a checkpoint that is missing or wrong', async () => {
    const middle = largeCount / 2 + 1;
    await expectFound(auditEvents.name, middle, { action: 'other' }, 'was altered');
    await expectFound(auditEvents.name, 1500, undefined, 'was removed');
    await expectFound('auditCheckpoints', 1000, undefined, 'has no checkpoint');
    await expectFound('auditCheckpoints', 1000, { signature: 'x' }, 'the checkpoint has a wrong signature');
    await expectFound('auditCheckpoints', 1000, { hash: 'f'.repeat(64) }, 'the checkpoint has a wrong signature');
  }, 1_200_000);

  it('names removed audit events also when the end of the chain was replaced by an earlier checkpoint', async () => {
    const cut = 2000;
    const checkpoint = await stored('auditCheckpoints').findOne({ tenantId: large, sequence: cut });
    // In parts, because a command may take as long as a socket waits.
    for (let from = cut; from < largeCount; from += 20_000) {
      const sequence = { $gt: from, $lte: from + 20_000 };
      await stored(auditEvents.name).deleteMany({ tenantId: large, sequence });
    }
    const earlier = { sequence: cut, hash: checkpoint?.['hash'], signature: checkpoint?.['signature'] };
    await stored('auditChains').updateOne({ tenantId: large }, { $set: earlier });
    expect((await trail.verify(large)).lines[0]).toContain(`audit event ${cut + 1}: was removed`);
  }, 600_000);

  it('verifies every chain without a tenant', async () => {
    const { isUnaltered, lines } = await trail.verify();
    expect(isUnaltered).toBe(false);
    expect(lines.filter((line) => line.startsWith(large))).toHaveLength(1);
    expect(lines.at(-1)).toMatch(/^\d+ of \d+ chains were altered\.$/);
  }, 600_000);
});
