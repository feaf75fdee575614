import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { firstVersion } from './event-versions.ts';
import { defineEvents } from './events.ts';
import { toNewestPayload } from './newest-payload.ts';

const aggregate = { orderId: z.string() };
const Channel = z.enum(['web', 'shop']);

const first = firstVersion({ total: z.int() });
const second = first.nextVersion({ total: z.int(), channel: Channel }).upcast((v1) => ({ ...v1, channel: 'web' }));
const third = second
  .nextVersion({ amount: z.int().max(100), channel: Channel })
  .upcast(({ total, channel }) => ({ amount: total, channel }));

const [one, two, three] = [first, second, third].map(
  (orderPlaced) => defineEvents('orders', { aggregate, events: { orderPlaced } }).orderPlaced,
);
if (!one || !two || !three) throw new TypeError('no events');
const { orderPlaced } = defineEvents('orders', { aggregate, events: { orderPlaced: third } });

describe('an event with versions', () => {
  it('has the number and the payload of its newest version; without versions it has number 1', () => {
    expect([one, two, three].map(({ version }) => version)).toEqual([1, 2, 3]);
    const { plain } = defineEvents('orders', { aggregate, events: { plain: { total: z.int() } } });
    expect(plain).toMatchObject({ version: 1, earlier: [] });
    expectTypeOf(orderPlaced.payload.parse).returns.toEqualTypeOf<{
      orderId: string;
      amount: number;
      channel: 'web' | 'shop';
    }>();
  });

  it('may have fields with the names `nextVersion`, `fields` and `earlier`', () => {
    const fields = { nextVersion: z.string(), fields: z.string(), earlier: z.string() };
    const { odd } = defineEvents('orders', { aggregate, events: { odd: fields } });
    const payload = { orderId: 'a', nextVersion: 'b', fields: 'c', earlier: 'd' };
    expect(odd.payload.parse(payload)).toEqual(payload);
  });
});

describe('toNewestPayload', () => {
  it('converts the payload of each version, and keeps the id of the aggregate', () => {
    const newest = { orderId: 'a', amount: 3, channel: 'web' };
    expect(toNewestPayload(orderPlaced, { version: 1, payload: { orderId: 'a', total: 3 } })).toEqual(newest);
    const v2 = { orderId: 'a', total: 3, channel: 'shop' };
    expect(toNewestPayload(orderPlaced, { version: 2, payload: v2 })).toEqual({ ...newest, channel: 'shop' });
    expect(toNewestPayload(orderPlaced, { version: 3, payload: newest })).toEqual(newest);
    expectTypeOf(toNewestPayload<{ orderId: string }>).returns.toEqualTypeOf<{ orderId: string }>();
  });

  it('reads an event without a version as version 1', () => {
    expect(toNewestPayload(two, { payload: { orderId: 'a', total: 3 } })).toMatchObject({ channel: 'web' });
  });

  it('ignores fields that the version of this code does not have', () => {
    expect(toNewestPayload(one, { version: 1, payload: { orderId: 'a', total: 3, note: 'n' } })).toEqual({
      orderId: 'a',
      total: 3,
    });
  });

  it.each([
    ['of a newer release', one, 2, {}, "'orders.order-placed' has version 2, and this code has versions up to 1"],
    ['whose version has no upcaster', two, 0, {}, "No upcaster converts version 0 of 'orders.order-placed'"],
    ['whose stored payload breaks its schema', two, 1, { orderId: 'a' }, "version 1, breaks its schema at 'total'"],
    [
      'whose converted payload breaks the newest schema',
      three,
      1,
      { orderId: 'a', total: 101 },
      "version 3, breaks its schema at 'amount'",
    ],
  ])('refuses an event %s', (_, event, version, payload, message) => {
    expect(() => toNewestPayload(event, { version, payload })).toThrow(message);
  });
});
