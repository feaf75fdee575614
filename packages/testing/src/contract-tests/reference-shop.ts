import { type Ctx, defineCollection, Entity } from '@plinth/data-kit';
import { z } from 'zod';
import { createIds, createManualClock } from '../clock.ts';
import { createContext, createId } from '../contexts.ts';
import type { OpenStore } from './open-store.ts';

const Category = Entity.extend({ name: z.string(), parentId: z.string().optional() });
const categories = defineCollection('categories', Category, {
  tenancy: 'tenant',
  indexes: { byName: { fields: ['name', '_id'] } },
  references: { parentId: { to: 'self', missing: 'category-missing', used: 'category-in-use' } },
});

const Item = Entity.extend({ name: z.string(), categoryId: z.string().optional() });
const items = defineCollection('items', Item, {
  tenancy: 'tenant',
  softDelete: true,
  indexes: { byCategory: { fields: ['categoryId', '_id'] } },
  references: { categoryId: { to: categories, missing: 'category-missing', used: 'category-in-use' } },
});

const Bundle = Entity.extend({
  lines: z.array(z.object({ itemId: z.string(), count: z.int() })),
  relatedIds: z.array(z.string()).optional(),
});
const bundles = defineCollection('bundles', Bundle, {
  tenancy: 'tenant',
  indexes: { newest: { fields: ['createdAt', '_id'] } },
  references: {
    'lines.itemId': { to: items, missing: 'item-missing', used: 'item-in-use' },
    relatedIds: { to: items, missing: 'item-missing', used: 'item-related' },
  },
});

/** Opens a store with collections that refer to each other. */
export const openShops = async (openStore: OpenStore) => {
  const clock = createManualClock();
  const { store, close } = await openStore({ categories, items, bundles }, { clock, ids: createIds(clock) });
  const createShop = (tenantId: string = createId()) => {
    const ctx: Ctx = createContext({ tenantId, deadline: Date.now() + 60_000 });
    return {
      tenantId,
      categories: store.collections.categories.for(ctx),
      items: store.collections.items.for(ctx),
      bundles: store.collections.bundles.for(ctx),
      write: <T>(work: () => T | Promise<T>): Promise<T> =>
        store.unitOfWork.run(ctx, async () => work(), { operation: 'suite' }),
    };
  };
  return { createShop, close };
};

/** The collections of a tenant. Two shops of one tenant differ in their contexts. */
export type Shop = ReturnType<Awaited<ReturnType<typeof openShops>>['createShop']>;
export type CreateShop = (tenantId?: string) => Shop;

export const insertItem = ({ items, write }: Shop, categoryId?: string) =>
  write(() => items.insert({ name: 'Tea', ...(categoryId !== undefined && { categoryId }) }));
