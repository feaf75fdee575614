import { pii } from '@plinth/contract-kit';
import { defineCollection, Entity, type JournalEntry } from '@plinth/data-kit';
import { systemClock, systemIds } from '@plinth/service-kit';
import { createContext, createId } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createEntries, createEntry, openTrail } from './trail.ts';

let trail: Awaited<ReturnType<typeof openTrail>>;
beforeAll(async () => {
  trail = await openTrail();
});
afterAll(() => trail.datastore.close());

const { signal } = new AbortController();

const notes = defineCollection('notes', Entity.extend({ text: pii(z.string()) }), { tenancy: 'tenant', indexes: {} });
const notesModule = { name: 'notes', collections: { notes } };

/** Expects that a chain has each entry once, and that nothing was altered. */
const expectChain = async (tenantId: string, entries: readonly JournalEntry[]) => {
  const events = await trail.events(tenantId);
  expect(events.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
  expect(events.map(({ _id }) => String(_id)).toSorted()).toEqual(entries.map(({ _id }) => _id).toSorted());
  expect(await trail.verify(tenantId)).toMatchObject({ isUnaltered: true });
  return events;
};

describe('the chain of a tenant', () => {
  it('has the fields of each entry, and refers to the audit event before', async () => {
    const tenantId = createId();
    const changes = [
      {
        kind: 'insert' as const,
        collection: 'users',
        id: createId(),
        version: 1,
        after: { due: new Date(42), $x: [1.5] },
      },
      { kind: 'update' as const, collection: 'users', where: { role: 'owner' }, change: { set: { role: 'member' } } },
    ];
    const entries = [createEntry(tenantId), createEntry(tenantId, { changes, consumed: 'x/1' })];
    await trail.receive(entries, 'users');
    const [first, second] = await expectChain(tenantId, entries);
    expect(first).toMatchObject({ previousHash: '0'.repeat(64), module: 'users', action: 'changeRole', version: 1 });
    const { _id, at, actor, requestId, traceId } = entries[1] as JournalEntry;
    expect(second).toMatchObject({ _id, tenantId, createdAt: at, updatedAt: at, requestId, traceId, changes });
    const [{ id } = {}] = changes;
    const resourceKeys = ['users', id, `users/${id}`];
    expect(second).toMatchObject({ previousHash: first?.['hash'], actorId: actor.id, messageId: 'x/1', resourceKeys });
  });

  it('stays as it is when entries are delivered again', async () => {
    const tenantId = createId();
    const entries = createEntries(tenantId, 12);
    await trail.receive(entries.slice(0, 8));
    await trail.receive(entries.slice(4));
    const before = await expectChain(tenantId, entries);
    await trail.receive(entries);
    expect(await trail.events(tenantId)).toEqual(before);
  });

  it('boundary: omits values that do not fit a document, and says so', async () => {
    const tenantId = createId();
    const changes = [
      {
        kind: 'insert' as const,
        collection: 'users',
        id: createId(),
        version: 1,
        after: { note: 'a'.repeat(4_000_000) },
      },
    ];
    const [large, small] = [createEntry(tenantId, { changes }), createEntry(tenantId)];
    await trail.receive([large, small]);
    const [event] = await expectChain(tenantId, [large, small]);
    expect(event).toMatchObject({
      valuesOmitted: true,
      changes: [{ kind: 'insert', collection: 'users', version: 1 }],
    });
    expect(event?.['changes'][0]).not.toHaveProperty('after');
  });

  it('race: has each entry once when several modules deliver those of several tenants', async () => {
    const tenants = [createId(), createId(), createId()];
    const deliveries = Array.from({ length: 12 }, () => tenants.flatMap((tenantId) => createEntries(tenantId, 3)));
    await Promise.all(deliveries.map((entries, index) => trail.receive(entries, `module-${index % 4}`)));
    for (const tenantId of tenants) {
      await expectChain(
        tenantId,
        deliveries.flat().filter((entry) => entry.tenantId === tenantId),
      );
    }
  });

  it('race: does not fork when two processes append the same entries', async () => {
    const tenantId = createId();
    const entries = createEntries(tenantId, 600);
    const receivers = [trail.openReceiver(), trail.openReceiver()];
    await Promise.all(receivers.map((receive) => receive(entries, { source: 'users', signal })));
    await expectChain(tenantId, entries);
  });

  it('integrity: a signal that has aborted appends nothing', async () => {
    const tenantId = createId();
    const receive = trail.openReceiver();
    await expect(
      receive(createEntries(tenantId, 2), { source: 'users', signal: AbortSignal.abort() }),
    ).rejects.toThrow();
    expect(await trail.events(tenantId)).toEqual([]);
  });
});

it('writes no journal row of its own', async () => {
  await trail.receive(createEntries(createId(), 3));
  expect(await trail.datastore.raw('audit', 'journal').all()).toEqual([]);
});

it('integrity: has every commit of a module once, also after the reader ended between an append and its place', async () => {
  const { collections, unitOfWork, prepare } = trail.datastore.open(notesModule, {
    clock: systemClock,
    ids: systemIds,
  });
  await prepare();
  const tenants = [createId(), createId()];
  const commit = async (tenantId: string): Promise<void> => {
    const ctx = createContext({ tenantId });
    const work = async () => void collections.notes.for(ctx).insert({ text: 'a secret' });
    await unitOfWork.run(ctx, work, { operation: 'addNote' });
  };
  const commitAll = async () => {
    for (const tenantId of [...tenants, ...tenants]) await commit(tenantId);
  };
  await commitAll();
  const stopping = new AbortController();
  let deliveries = 0;
  const reading = trail.datastore.readJournal({
    module: 'notes',
    name: 'audit',
    receivers: ['audit'],
    deliver: async (entries) => {
      await trail.receive(entries, 'notes');
      deliveries += 1;
      if (deliveries <= 2) throw new Error('The process ends here.');
    },
    onError: () => undefined,
    signal: stopping.signal,
  });
  await expect.poll(() => deliveries, { timeout: 30_000 }).toBeGreaterThan(2);
  await commitAll();
  const rows = (await trail.datastore.raw('notes', 'journal').all()).map(({ _id }) => String(_id));
  expect(rows).toHaveLength(8);
  const listAppended = async () => (await Promise.all(tenants.map(trail.events))).flat().map(({ _id }) => String(_id));
  await expect.poll(async () => (await listAppended()).length, { timeout: 30_000 }).toBe(rows.length);
  stopping.abort();
  await reading;
  expect((await listAppended()).toSorted()).toEqual(rows.toSorted());
  for (const tenantId of tenants) {
    expect(await trail.verify(tenantId)).toMatchObject({ isUnaltered: true });
    const [event] = await trail.events(tenantId);
    expect(event).toMatchObject({ module: 'notes', action: 'addNote', changes: [{ after: { text: '[pii]' } }] });
  }
});
