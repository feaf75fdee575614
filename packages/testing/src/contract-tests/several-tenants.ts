import { defineEvents } from '@plinth/contract-kit';
import { inTenant, type JournalRow, platformTenantId } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createId } from '../contexts.ts';
import { createThing } from './collections.ts';
import { type Fixture, settle, suiteErrors } from './fixture.ts';

const { thingShared } = defineEvents('suite', {
  aggregate: { thingId: z.string() },
  events: { thingShared: {} },
});

/** Returns the number of changes and events of each row of a request, by tenant. */
const countByTenant = (rows: readonly JournalRow[], requestId: string) =>
  Object.fromEntries(
    rows
      .filter((row) => row.requestId === requestId)
      .map(({ tenantId, changes, events }) => [tenantId, [changes.length, events.length]]),
  );

/** A unit of work of the platform can write documents of organizations. */
export const severalTenantsCases = (use: () => Fixture): void => {
  describe('a unit of work of several tenants', () => {
    it('commits the writes and the events of each tenant with a journal row of its own', async () => {
      const { things, events, context, write, journalRows } = use();
      const [ctx, tenantId] = [context(platformTenantId), createId()];
      const entered = inTenant(ctx, tenantId);
      const [shared, own] = await write(ctx, () => {
        const inserted = [things.for(entered).insert(createThing()), things.for(ctx).insert(createThing())] as const;
        events.emit(entered, thingShared, { thingId: inserted[0]._id });
        return inserted;
      });
      expect(countByTenant(await journalRows(), ctx.requestId)).toEqual({
        [platformTenantId]: [1, 0],
        [tenantId]: [1, 1],
      });
      expect(await things.for(context(tenantId)).get(shared._id)).toEqual(shared);
      expect(shared.tenantId).toBe(tenantId);
      await expect(things.for(context(tenantId)).get(own._id)).rejects.toMatchObject({ code: 'not-found' });
    });

    it('stores the response to an idempotency key with the tenant of the request', async () => {
      const { things, context, run, journal } = use();
      const [ctx, tenantId] = [context(platformTenantId), createId()];
      const toResponse = () => ({ status: 201, headers: {}, body: '{}' });
      const idempotency = { key: createId(), fingerprint: 'f', toResponse };
      const work = async () => things.for(inTenant(ctx, tenantId)).insert(createThing());
      await run(ctx, work, { operation: 'suite', idempotency });
      expect(await journal.find(context(platformTenantId), idempotency.key)).toMatchObject({ fingerprint: 'f' });
      expect(await journal.find(context(tenantId), idempotency.key)).toBeUndefined();
    });

    it('integrity: a condition that fails in one tenant leaves both unchanged', async () => {
      const { things, context, write, journalRows } = use();
      const [ctx, tenantId] = [context(platformTenantId), createId()];
      const taken = createThing();
      await write(ctx, () => things.for(ctx).insert(taken));
      const second = context(platformTenantId);
      const failing = write(second, () => {
        things.for(inTenant(second, tenantId)).insert(createThing());
        things.for(second).insert({ ...createThing(), sku: taken.sku });
      });
      await expect(failing).rejects.toMatchObject({ name: 'UniqueViolation' });
      const page = await things.for(context(tenantId)).list({ where: {}, sort: 'createdAt', limit: 10 });
      expect(page.items).toEqual([]);
      expect(countByTenant(await journalRows(), second.requestId)).toEqual({});
    });

    it('race: of twenty tenants that want one unique value of the platform, one gets it, and only that one is written', async () => {
      const { things, context, write } = use();
      const { sku } = createThing();
      const tenantIds = Array.from({ length: 20 }, createId);
      const { results } = await settle(
        tenantIds.map((tenantId) => {
          const ctx = context(platformTenantId);
          return write(ctx, () => {
            things.for(ctx).insert({ ...createThing(), sku });
            return things.for(inTenant(ctx, tenantId)).insert(createThing());
          });
        }),
      );
      const pages = await Promise.all(
        tenantIds.map((tenantId) => things.for(context(tenantId)).list({ where: {}, sort: 'createdAt', limit: 10 })),
      );
      expect(results).toHaveLength(1);
      expect(pages.flatMap(({ items }) => items)).toEqual(results);
    });

    it('boundary: a context of an organization enters no other tenant, and one that entered it neither', () => {
      const { context } = use();
      const message = "Only a context of the platform's own tenant can enter another one.";
      expect(() => inTenant(context(), createId())).toThrow(message);
      expect(() => inTenant(context(), platformTenantId)).toThrow(message);
      expect(() => inTenant(inTenant(context(platformTenantId), createId()), createId())).toThrow(message);
    });

    it('integrity: a write outside of the unit of work throws', async () => {
      const { things, context, write } = use();
      const ctx = context(platformTenantId);
      const entered = inTenant(ctx, createId());
      expect(() => things.for(entered).insert(createThing())).toThrow('outside a unit of work');
      await write(ctx, () => undefined);
      expect(() =>
        things.for(entered).updateWhere({ sku: 'any' }, { $set: { name: 'n' } }, suiteErrors.soldOut()),
      ).toThrow('outside a unit of work');
    });
  });
};
