import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { listOrderHistory } from './list-order-history.ts';
import { createShop } from './test/shop.ts';

it('returns who changed the order, when, by which operation, and which fields, the newest change first', async () => {
  const shop = createShop({ note: 'Ring twice.' });
  const { order } = await shop.orderOne();
  shop.db.clock.advance(1000);
  const paid = await shop.pay(order);
  const updated = await shop.update(paid, { note: null });
  const { items, nextCursor } = await shop.listHistory(order);
  const { id: _id, version: _version, createdAt, updatedAt: _updatedAt, ...placed } = order;
  const { actor, requestId } = shop.owner;
  const by = { id: expect.any(String), actor: { kind: actor.kind, id: actor.id }, requestId };
  expect(items).toEqual([
    {
      ...by,
      version: 3,
      createdAt: updated.updatedAt,
      action: expect.any(String),
      events: ['orders.order-updated'],
      before: { note: 'Ring twice.' },
      after: {},
    },
    {
      ...by,
      version: 2,
      createdAt: paid.updatedAt,
      action: expect.any(String),
      events: ['orders.order-paid'],
      before: { status: 'placed', paid: order.paid },
      after: { status: 'paid', paid: order.total },
    },
    { ...by, version: 1, createdAt, action: expect.any(String), events: ['orders.order-placed'], after: placed },
  ]);
  expect(nextCursor).toBeNull();
});

it('boundary: pages of one entry have the same entries as one page of all', async () => {
  const shop = createShop();
  const { order } = await shop.orderOne();
  await shop.pay(order);
  await shop.ship(order);
  const { items: all } = await shop.listHistory(order);
  const paged: unknown[] = [];
  let page = await shop.listHistory(order, { limit: 1 });
  for (; ; page = await shop.listHistory(order, { limit: 1, cursor: page.nextCursor })) {
    paged.push(...page.items);
    if (page.nextCursor === null) break;
  }
  expect(paged).toEqual(all);
  expect(all).toHaveLength(3);
});

it('race: a change that is committed after the order was read appears later, with the fields that it changed', async () => {
  const shop = createShop();
  const { order } = await shop.orderOne();
  await shop.pay(order);
  const { orders } = shop.db;
  const read = orders.for(shop.owner).get;
  let isFirst = true;
  // The order is shipped between the two reads of the list.
  const deps = {
    ...shop.db,
    orders: {
      for: () => ({
        get: async (id: string) => {
          const found = await read(id);
          if (isFirst) await shop.ship(order);
          isFirst = false;
          return found;
        },
      }),
    },
  };
  const query = { where: {}, sort: '-createdAt', limit: 100, cursor: undefined, fields: undefined } as const;
  const { items } = await listOrderHistory(deps)({ id: order.id, query }, shop.owner);
  expect(items.map(({ version }) => version)).toEqual([2, 1]);
  expect(items[0]?.after).toEqual({ status: 'paid', paid: order.total });
  expect((await shop.listHistory(order)).items.map(({ version }) => version)).toEqual([3, 2, 1]);
});

it('boundary: the order of another tenant has no history', async () => {
  const shop = createShop();
  const { order } = await shop.orderOne();
  await expect(shop.listHistory(order, {}, createContext())).rejects.toMatchObject({ code: 'not-found' });
});
