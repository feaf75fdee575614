import { defineEvents } from '@plinth/contract-kit';
import {
  type CommitMetadata,
  type Ctx,
  IdempotencyKeyConflict,
  type JournalRow,
  keyLifetimeMs,
  refusalLifetimeMs,
  type StoredResponse,
} from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createThing, type Thing } from './collections.ts';
import { createTenant, type Fixture, settle, suiteErrors } from './fixture.ts';

const { thingMoved } = defineEvents('suite', {
  aggregate: { thingId: z.string() },
  events: { thingMoved: { steps: z.int() } },
});

const createResponse = (body = '{"a":"é"}', status = 201): StoredResponse => ({
  status,
  headers: { etag: '"1"', $set: '$$ROOT' },
  body,
});

const withKey = (key: string, { fingerprint = 'same', body = '{}', status = 201 } = {}): CommitMetadata<unknown> => ({
  operation: 'suite',
  idempotency: { key, fingerprint, toResponse: () => createResponse(body, status) },
});

const listRows = async ({ journalRows }: Fixture, { tenantId }: Ctx): Promise<JournalRow[]> =>
  (await journalRows()).filter((row) => row.tenantId === tenantId);

const rowCases = (use: () => Fixture): void => {
  describe('a journal row', () => {
    it('contains the actor, the time, the operation and the changes', async () => {
      const fixture = use();
      const { context, things, write, insertEach, clock } = fixture;
      const ctx = context();
      const [one, two] = (await insertEach(ctx, [{ rank: 1, note: 'old' }, {}])) as [Thing, Thing];
      const added = await write(ctx, () => {
        things.for(ctx).update(one, { $set: { rank: 2 }, $inc: { stock: -1 }, $unset: { note: true } });
        things
          .for(ctx)
          .updateWhere({ _id: two._id, stock: { $gte: 1 } }, { $inc: { stock: -1 } }, suiteErrors.soldOut());
        things.for(ctx).remove({ ...two, version: 2 });
        return things.for(ctx).insert(createThing());
      });
      const row = (await listRows(fixture, ctx)).at(-1);
      const { kind, id } = ctx.actor;
      expect(row).toMatchObject({
        at: clock.now(),
        actor: { kind, id },
        requestId: ctx.requestId,
        traceId: ctx.trace.traceId,
        operation: 'suite',
        events: [],
      });
      expect(row?.changes).toEqual([
        {
          kind: 'update',
          collection: 'things',
          id: one._id,
          version: 2,
          before: { rank: 1, stock: 3, note: 'old' },
          after: { rank: 2, stock: 2 },
        },
        {
          kind: 'update',
          collection: 'things',
          where: { _id: two._id, stock: { gte: 1 } },
          change: { inc: { stock: -1 } },
        },
        { kind: 'remove', collection: 'things', id: two._id, version: 2, before: { ...two, version: 2 } },
        { kind: 'insert', collection: 'things', id: added._id, version: 1, after: added },
      ]);
    });

    it('contains the class in place of a classified value', async () => {
      const fixture = use();
      const { context, contacts, write } = fixture;
      const ctx = context();
      const ada = await write(ctx, () =>
        contacts.for(ctx).insert({ name: 'Ada', access: { pin: '1234', floor: 3 }, visits: 1 }),
      );
      await write(ctx, () => contacts.for(ctx).update(ada, { $set: { name: 'Ada King', visits: 2 } }));
      await write(ctx, () =>
        contacts
          .for(ctx)
          .updateWhere({ _id: ada._id, name: 'Ada King' }, { $set: { name: 'A' } }, suiteErrors.soldOut()),
      );
      const rows = await listRows(fixture, ctx);
      expect(rows.map(({ changes }) => changes[0])).toMatchObject([
        { after: { name: '[pii]', access: { pin: '[secret]', floor: 3 }, visits: 1 } },
        { before: { name: '[pii]', visits: 1 }, after: { name: '[pii]', visits: 2 } },
        { where: { _id: ada._id, name: '[pii]' }, change: { set: { name: '[pii]' } } },
      ]);
      expect(JSON.stringify(rows)).not.toMatch(/Ada|1234/);
    });

    it('contains the events, each with an id and its aggregate', async () => {
      const fixture = use();
      const { context, events, write } = fixture;
      const ctx = context();
      await write(ctx, () => {
        events.emit(ctx, thingMoved, { thingId: 'a', steps: 1 });
        events.emit(ctx, thingMoved, { thingId: 'b', steps: 2 });
      });
      const [row, ...more] = await listRows(fixture, ctx);
      expect(more).toEqual([]);
      expect(row?.events).toMatchObject([
        { name: 'suite.thing-moved', version: 1, aggregateId: 'a', payload: { thingId: 'a', steps: 1 } },
        { name: 'suite.thing-moved', version: 1, aggregateId: 'b', payload: { thingId: 'b', steps: 2 } },
      ]);
      expect(new Set(row?.events.map(({ id }) => id)).size).toBe(2);
    });

    it('integrity: exists if and only if its writes do', async () => {
      const fixture = use();
      const { context, events, things, write, insertEach } = fixture;
      const ctx = context();
      const [thing] = (await insertEach(ctx, [{ sku: 'taken' }])) as [Thing];
      const failures: (() => unknown)[] = [
        () => things.for(ctx).insert(createThing({ sku: 'taken' })),
        () => things.for(ctx).remove({ ...thing, version: 9 }),
        () => things.for(ctx).insert(createThing({ stock: -1 })),
        () => Promise.reject(new Error('no')),
      ];
      for (const fail of failures) {
        const work = () => {
          events.emit(ctx, thingMoved, { thingId: 'a', steps: 1 });
          return fail();
        };
        await expect(write(ctx, work)).rejects.toThrow();
      }
      expect(await listRows(fixture, ctx)).toHaveLength(1);
      await write(ctx, () => things.for(ctx).get(thing._id));
      expect(await listRows(fixture, ctx)).toHaveLength(1);
    });

    it('integrity: rejects an event with an invalid payload or outside a unit of work', async () => {
      const { ctx, events, write } = createTenant(use());
      const half = { thingId: 'a' } as { thingId: string; steps: number };
      await expect(write(() => events.emit(ctx, thingMoved, half))).rejects.toThrow(
        /'suite.thing-moved' breaks its schema at 'steps'/,
      );
      expect(() => events.emit(ctx, thingMoved, { thingId: 'a', steps: 1 })).toThrow(/outside a unit of work/);
    });
  });
};

const keyCases = (use: () => Fixture): void => {
  describe('a key', () => {
    const run = ({ things, run: runIn }: Fixture, ctx: Ctx, metadata: CommitMetadata<unknown>) =>
      runIn(ctx, async () => things.for(ctx).insert(createThing()), metadata);

    it('finds the response that was committed with it, even without a write', async () => {
      const fixture = use();
      const ctx = fixture.context();
      await run(fixture, ctx, withKey('k1', { body: '{"a":"é"}' }));
      await fixture.run(ctx, async () => undefined, withKey('k2', { fingerprint: 'other' }));
      expect(await fixture.journal.find(ctx, 'k1')).toEqual({ fingerprint: 'same', response: createResponse() });
      expect(await fixture.journal.find(ctx, 'k2')).toEqual({ fingerprint: 'other', response: createResponse('{}') });
      expect(await fixture.journal.find(ctx, 'k3')).toBeUndefined();
    });

    it('belongs to one tenant', async () => {
      const fixture = use();
      const [mine, theirs] = [fixture.context(), fixture.context()];
      await run(fixture, mine, withKey('k', { body: '1' }));
      expect(await fixture.journal.find(theirs, 'k')).toBeUndefined();
      await run(fixture, theirs, withKey('k', { body: '2' }));
      expect((await fixture.journal.find(mine, 'k'))?.response.body).toBe('1');
    });

    it('integrity: is used once; a second commit writes nothing', async () => {
      const fixture = use();
      const ctx = fixture.context();
      await run(fixture, ctx, withKey('k', { body: '1' }));
      await expect(run(fixture, ctx, withKey('k', { body: '2' }))).rejects.toBeInstanceOf(IdempotencyKeyConflict);
      await expect(fixture.run(ctx, async () => undefined, withKey('k'))).rejects.toBeInstanceOf(
        IdempotencyKeyConflict,
      );
      expect((await fixture.things.for(ctx).list({ where: {}, sort: 'createdAt', limit: 100 })).items).toHaveLength(1);
      expect((await fixture.journal.find(ctx, 'k'))?.response.body).toBe('1');
    });

    it('race: one of many concurrent units commits', async () => {
      const fixture = use();
      const owner = fixture.context();
      const contexts = Array.from({ length: 12 }, () => fixture.context(owner.tenantId));
      const { results } = await settle(contexts.map((ctx) => run(fixture, ctx, withKey('k'))));
      expect(results).toHaveLength(1);
      expect((await fixture.things.for(owner).list({ where: {}, sort: 'createdAt', limit: 100 })).items).toEqual(
        results,
      );
      expect(await listRows(fixture, owner)).toHaveLength(1);
    });

    it('race: of concurrent units, those whose key is in use in their own tenant are rejected', async () => {
      const fixture = use();
      const [mine, theirs] = [fixture.context(), fixture.context()];
      await run(fixture, mine, withKey('expired'));
      await fixture.ageKeys(keyLifetimeMs);
      const context = ({ tenantId }: Ctx) => fixture.context(tenantId);
      await run(fixture, context(mine), withKey('used'));
      const units = [
        { owner: mine, key: 'expired' },
        { owner: mine, key: 'used' },
        { owner: mine, key: 'unused' },
        { owner: theirs, key: 'used' },
        { owner: theirs, key: 'expired' },
      ];
      const outcomes = await Promise.allSettled(
        units.map(({ owner, key }) => run(fixture, context(owner), withKey(key, { body: 'second' }))),
      );
      expect(outcomes.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
        'fulfilled',
        'fulfilled',
      ]);
      expect(outcomes[1]).toMatchObject({ reason: { name: 'IdempotencyKeyConflict' } });
      const bodies = units.map(
        async ({ owner, key }) => (await fixture.journal.find(context(owner), key))?.response.body,
      );
      expect(await Promise.all(bodies)).toEqual(['second', '{}', 'second', 'second', 'second']);
    });

    it.each([
      { what: 'a success', status: 201, lifetimeMs: keyLifetimeMs, lifetime: 'a day' },
      { what: 'the last kind of success', status: 399, lifetimeMs: keyLifetimeMs, lifetime: 'a day' },
      { what: 'a refusal', status: 400, lifetimeMs: refusalLifetimeMs, lifetime: 'an hour' },
    ])('boundary: of $what expires after $lifetime, and then has a new effect', async ({ status, lifetimeMs }) => {
      const fixture = use();
      const [owner, other] = [fixture.context(), fixture.context()];
      await run(fixture, owner, withKey('k', { body: '1', status }));
      const minute = 60 * 1000;
      await fixture.ageKeys(lifetimeMs - minute);
      const [late, otherLate] = [fixture.context(owner.tenantId), fixture.context(other.tenantId)];
      expect(await fixture.journal.find(late, 'k')).toMatchObject({ response: { status, body: '1' } });
      await expect(run(fixture, late, withKey('k', { body: '2' }))).rejects.toBeInstanceOf(IdempotencyKeyConflict);
      await run(fixture, otherLate, withKey('k', { body: 'of another tenant' }));
      await fixture.ageKeys(minute);
      expect(await fixture.journal.find(late, 'k')).toBeUndefined();
      await run(fixture, late, withKey('k', { body: '3', fingerprint: 'other' }));
      expect(await fixture.journal.find(late, 'k')).toEqual({ fingerprint: 'other', response: createResponse('3') });
      await expect(run(fixture, late, withKey('k', { body: '4' }))).rejects.toBeInstanceOf(IdempotencyKeyConflict);
      expect(await fixture.journal.find(otherLate, 'k')).toMatchObject({ response: { body: 'of another tenant' } });
      expect(await listRows(fixture, owner)).toHaveLength(2);
    });
  });
};

/** The guarantees of the journal. */
export const journalCases = (use: () => Fixture): void => {
  rowCases(use);
  keyCases(use);
};
