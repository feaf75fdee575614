import { entityFields } from '@plinth/data-kit';
import { createContext, getSeed } from '@plinth/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createShop, type Shop } from './test/shop.ts';

it('returns the order, with the lines as they were placed', async () => {
  const { run, get, orderOne, expectUnchanged } = createShop();
  const { order, product } = await orderOne();
  await run.updateProduct({ id: product.id, version: [2], body: { name: 'New', price: { amount: 1 } } });
  await expectUnchanged(async () => expect(await get(order)).toEqual(order));
});

it('boundary: another tenant’s order does not exist, now or before', async () => {
  const { run, orderOne, pay, db } = createShop();
  const { order } = await orderOne();
  await pay(order);
  for (const asOf of [undefined, db.clock.now(), new Date(order.createdAt)]) {
    const reading = run.getOrder({ id: order.id, query: { asOf } }, createContext());
    await expect(reading).rejects.toMatchObject({ code: 'not-found' });
  }
});

describe('an order as it was', () => {
  it('boundary: changes at the time of each change, and exists from the time at which it was placed', async () => {
    const { db, get, orderOne, pay, ship } = createShop();
    const { order } = await orderOne();
    db.clock.advance(1000);
    const paid = await pay(order);
    db.clock.advance(1000);
    const shipped = await ship(order);
    const readAt = (text: string, ms = 0) => get(order, new Date(new Date(text).getTime() + ms));
    await expect(readAt(order.createdAt, -1)).rejects.toMatchObject({ code: 'not-found' });
    expect(await readAt(order.createdAt)).toEqual(order);
    expect(await readAt(paid.updatedAt, -1)).toEqual(order);
    expect(await readAt(paid.updatedAt)).toEqual(paid);
    expect(await readAt(shipped.updatedAt, -1)).toEqual(paid);
    expect(await readAt(shipped.updatedAt)).toEqual(shipped);
    expect(await readAt(shipped.updatedAt, 1e12)).toEqual(shipped);
  });

  it('is unknown between changes that an earlier release made without a history', async () => {
    const { db, owner, get, orderOne, pay, ship } = createShop();
    const { order } = await orderOne();
    db.clock.advance(1000);
    const paid = await pay(order);
    const [, entry] = db.ordersHistory.all();
    await db.unitOfWork(async (_input, ctx) => {
      // The entry of the payment, as if it had been one of another order.
      if (entry) db.ordersHistory.for(ctx).update(entry, { $set: { documentId: owner.tenantId } });
    })(undefined, owner);
    db.clock.advance(1000);
    await ship(order);
    await expect(get(order, new Date(order.createdAt))).rejects.toMatchObject({ code: 'not-found' });
    expect(await get(order, new Date(paid.updatedAt))).toEqual(paid);
  });

  type Order = Awaited<ReturnType<Shop['get']>>;
  const commands: Readonly<Record<string, (shop: Shop, order: Order) => Promise<Order>>> = {
    pay: ({ pay }, order) => pay(order),
    shipOne: ({ ship }, order) => ship(order, [{ id: order.lines[0]?.productId ?? '' }, 1]),
    ship: ({ ship }, order) => ship(order),
    deliver: ({ deliver }, order) => deliver(order),
    cancel: ({ cancel }, order) => cancel(order),
    refundOne: ({ refund }, order) => refund(order, 1),
    refund: ({ refund }, order) => refund(order),
    addNote: ({ update }, order) => update(order, { note: `After ${order.version}` }),
    removeNote: ({ update }, order) => update(order, { note: null }),
    move: ({ update }, order) => update(order, { shippingAddress: { street: `${order.version} Side Street` } }),
  };

  it('property: replay equals every state that was stored, and the changes lead from each to the next', async () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(...Object.values(commands)), fc.nat(2)), { maxLength: 14 });
    const property = fc.asyncProperty(steps, async (sequence) => {
      const shop = createShop();
      const { order } = await shop.orderOne();
      const states = [order];
      for (const [command, ms] of sequence) {
        shop.db.clock.advance(ms);
        const current = states.at(-1) ?? order;
        // Illegal commands are refused and leave no trace.
        const next = await command(shop, current).catch(() => current);
        if (next.version !== current.version) states.push(next);
      }
      const replayed = await Promise.all(states.map(({ updatedAt }) => shop.get(order, new Date(updatedAt))));
      expect(replayed).toEqual(states);
      const { items } = await shop.listHistory(order);
      expect(items.map(({ version }) => version)).toEqual(states.map(({ version }) => version).toReversed());
      let fields: object = {};
      for (const [index, { before, after }] of items.toReversed().entries()) {
        expect(fields).toMatchObject(before ?? {});
        const removed = Object.keys(before ?? {}).filter((name) => !Object.hasOwn(after, name));
        const kept = Object.entries(fields).filter(([name]) => !removed.includes(name));
        fields = { ...Object.fromEntries(kept), ...after };
        const stored = Object.entries(states[index] ?? order).filter(([name]) => !Object.hasOwn(entityFields, name));
        expect(fields).toEqual(Object.fromEntries(stored));
      }
    });
    await fc.assert(property, { seed: getSeed(), numRuns: 40 });
  });
});
