import { expect, it } from 'vitest';
import { createShop, prepareOrder, type Shop, statuses } from './test/shop.ts';

type Order = { readonly id: string; readonly version: number };

const transitions: Readonly<Record<string, (shop: Shop, order: Order) => Promise<{ status: string }>>> = {
  update: ({ update }, order) => update(order, { note: 'New' }),
  cancel: ({ cancel }, order) => cancel(order),
  'mark-paid': ({ pay }, order) => pay(order),
  ship: ({ ship }, order) => ship(order),
  deliver: ({ deliver }, order) => deliver(order),
  refund: ({ refund }, order) => refund(order),
};

/** The status after each legal change, written independently of the machine, so that a mistake in one shows. */
const life: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  placed: { update: 'placed', cancel: 'cancelled', 'mark-paid': 'paid' },
  paid: { update: 'paid', cancel: 'cancelled', ship: 'shipped', refund: 'refunded' },
  'partly-shipped': { ship: 'shipped', refund: 'refunded' },
  shipped: { deliver: 'delivered', refund: 'refunded' },
  delivered: { refund: 'refunded' },
  cancelled: {},
  refunded: {},
};

const cases = statuses.flatMap((status) => Object.keys(transitions).map((change) => ({ status, change })));

it.each(cases)('an order that is $status: $change', async ({ status, change }) => {
  const shop = createShop();
  const { order } = await prepareOrder[status](shop);
  expect(order.status).toBe(status);
  const call = () => transitions[change]?.(shop, order);
  const next = life[status]?.[change];
  if (next !== undefined) {
    expect(await call()).toMatchObject({ status: next });
    return;
  }
  const data = { status, legal: Object.keys(life[status] ?? {}) };
  await shop.expectUnchanged(() =>
    expect(call()).rejects.toMatchObject({ code: 'illegal-transition', status: 409, data }),
  );
});

it('knows every status', () => {
  expect(statuses.toSorted()).toEqual(Object.keys(life).toSorted());
});
