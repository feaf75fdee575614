import { defineEvents } from '@plinth/contract-kit';
import type { CommitMetadata } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createThing, type Thing } from './collections.ts';
import { createTenant, type Fixture, suiteErrors } from './fixture.ts';

const { thingTagged } = defineEvents('suite', {
  aggregate: { thingId: z.string() },
  events: { thingTagged: { tags: z.array(z.string()), labels: z.record(z.string(), z.unknown()) } },
});

const listChanges = async ({ journalRows }: Fixture, tenantId: string) =>
  (await journalRows()).filter((row) => row.tenantId === tenantId).flatMap(({ changes }) => changes);

const resultCases = (use: () => Fixture): void => {
  it('of a document that a write has returned is refused, and its commit stores and journals nothing', async () => {
    const fixture = use();
    const { insertEach, things, write, ctx } = createTenant(fixture);
    const [thing] = (await insertEach([{ tags: ['a'] }])) as [Thing];
    const before = await listChanges(fixture, ctx.tenantId);
    const create = (): Thing => things.insert(createThing({ sku: 'aliased', tags: ['a'], size: { width: 1 } }));
    const faults: (() => unknown)[] = [
      () => Object.assign(create(), { name: 'changed' }),
      () => create().tags.push('b'),
      () => Object.assign(create().size ?? {}, { width: 2 }),
      () => things.update(thing, { $set: { tags: ['x'] } }).tags.push('b'),
      () => Object.assign(things.update(thing, { $inc: { stock: 1 } }), { version: 9 }),
    ];
    for (const fault of faults) await expect(write(fault)).rejects.toBeInstanceOf(TypeError);
    expect(await things.find({ sku: 'aliased' })).toBeUndefined();
    expect(await things.get(thing._id)).toEqual(thing);
    expect(await listChanges(fixture, ctx.tenantId)).toEqual(before);
  });

  it('of the times of such a document changes neither the response, the journal nor the store', async () => {
    const fixture = use();
    const { things, run, ctx, clock } = createTenant(fixture);
    const [due, now] = [new Date(42), new Date(clock.now())];
    const metadata: CommitMetadata<Thing> = {
      operation: 'suite',
      idempotency: {
        key: 'times',
        fingerprint: 'f',
        toResponse: (result) => ({ status: 201, headers: {}, body: JSON.stringify(result.createdAt) }),
      },
    };
    const work = async () => {
      const thing = things.insert(createThing({ due }));
      const response = { ...thing, createdAt: new Date(thing.createdAt) };
      thing.due?.setTime(7);
      thing.createdAt.setTime(7);
      return response;
    };
    const { _id } = await run(ctx, work, metadata);
    expect(await things.get(_id)).toMatchObject({ due: new Date(42), createdAt: now, updatedAt: now });
    expect(await listChanges(fixture, ctx.tenantId)).toMatchObject([{ after: { due: new Date(42), createdAt: now } }]);
    expect((await fixture.journal.find(ctx, 'times'))?.response.body).toBe(JSON.stringify(now));
    expect(due).toEqual(new Date(42));
  });
};

const argumentCases = (use: () => Fixture): void => {
  it('of a draft, a change or a filter has no effect on what is stored, journaled and returned', async () => {
    const fixture = use();
    const { insertEach, things, write, ctx } = createTenant(fixture);
    const [one, two] = (await insertEach([{}, { rank: 3 }])) as [Thing, Thing];
    const draft = { ...createThing(), tags: ['a'], due: new Date(1) };
    const change = { $set: { tags: ['x'], due: new Date(2) } };
    const where = { _id: two._id, rank: { $in: [3] } };
    const whereChange = { $set: { size: { width: 1 } } };
    const { inserted, updated } = await write(() => {
      const result = { inserted: things.insert(draft), updated: things.update(one, change) };
      things.updateWhere(where, whereChange, suiteErrors.soldOut());
      draft.tags.push('b');
      draft.due.setTime(9);
      change.$set.tags.push('y');
      change.$set.due.setTime(9);
      things.require(where, suiteErrors.soldOut());
      where.rank.$in.length = 0;
      whereChange.$set.size.width = 9;
      return result;
    });
    expect(await things.get(inserted._id)).toMatchObject({ tags: ['a'], due: new Date(1) });
    expect(await things.get(one._id)).toMatchObject({ tags: ['x'], due: new Date(2) });
    expect(await things.get(two._id)).toMatchObject({ size: { width: 1 } });
    expect([inserted, updated]).toMatchObject([
      { tags: ['a'], due: new Date(1) },
      { tags: ['x'], due: new Date(2) },
    ]);
    expect((await listChanges(fixture, ctx.tenantId)).slice(2)).toMatchObject([
      { after: { tags: ['a'], due: new Date(1) } },
      { after: { tags: ['x'], due: new Date(2) } },
      { where: { rank: { in: [3] } }, change: { set: { size: { width: 1 } } } },
    ]);
  });

  it('of a document after its update or removal has no effect on the journal', async () => {
    const fixture = use();
    const { insertEach, things, write, ctx } = createTenant(fixture);
    const drafts = [
      { due: new Date(1), tags: ['a'] },
      { due: new Date(2), tags: ['b'] },
    ];
    const ids = (await insertEach(drafts)).map(({ _id }) => _id);
    await write(async () => {
      const [one, two] = (await Promise.all(ids.map((id) => things.get(id)))) as [Thing, Thing];
      things.update(one, { $set: { due: new Date(3), tags: [] } });
      things.remove(two);
      for (const thing of [one, two]) {
        thing.due?.setTime(9);
        thing.tags.push('z');
      }
    });
    expect((await listChanges(fixture, ctx.tenantId)).slice(2)).toMatchObject([
      { before: { due: new Date(1), tags: ['a'] }, after: { due: new Date(3), tags: [] } },
      { before: { due: new Date(2), tags: ['b'] } },
    ]);
  });

  it('of the payload of an event has no effect on the event', async () => {
    const { write, events, journalRows, ctx } = createTenant(use());
    const [tags, labels] = [['a'], { at: new Date(1), nested: { a: 1 } }];
    await write(() => {
      events.emit(ctx, thingTagged, { thingId: 't', tags, labels });
      tags.push('b');
      labels.at.setTime(9);
      labels.nested.a = 2;
    });
    const row = (await journalRows()).find(({ tenantId }) => tenantId === ctx.tenantId);
    expect(row?.events).toMatchObject([{ payload: { tags: ['a'], labels: { at: new Date(1), nested: { a: 1 } } } }]);
  });
};

/** A write is recorded as it was called, whatever the action changes afterwards. */
export const aliasingCases = (use: () => Fixture): void => {
  describe('integrity: a later change', () => {
    resultCases(use);
    argumentCases(use);
  });
};
