import { describe, expect, it } from 'vitest';
import { findBroken, type World } from './invariants.ts';

const lines = [{ productId: 'tea', quantity: 2 }];

const orders = [
  { id: 'open', status: 'placed', paid: 0, refunded: 0, lines },
  { id: 'paid', status: 'paid', paid: 10, refunded: 0, lines },
  { id: 'cancelled', status: 'cancelled', paid: 10, refunded: 10, lines },
];

const events = [
  { id: 'e1', name: 'orders.order-placed', orderId: 'open', paid: 0 },
  { id: 'e2', name: 'orders.order-placed', orderId: 'paid', paid: 0 },
  { id: 'e3', name: 'orders.order-paid', orderId: 'paid', paid: 10 },
  { id: 'e4', name: 'orders.order-placed', orderId: 'cancelled', paid: 0 },
  { id: 'e5', name: 'orders.order-paid', orderId: 'cancelled', paid: 10 },
  { id: 'e6', name: 'orders.order-cancelled', orderId: 'cancelled', paid: -10 },
];

const toEffects = (consumer: string) => events.map(({ id: eventId, orderId }) => ({ consumer, eventId, orderId }));

const [ordered, unordered] = [toEffects('ordered'), toEffects('unordered').toReversed()];

const sound: World = {
  acknowledged: orders,
  orders,
  products: [{ id: 'tea', stock: 96 }],
  stockAtStart: 100,
  events,
  effects: [...ordered, ...unordered],
  consumers: { ordered: true, unordered: false },
  journal: ['r1', 'r2'],
  auditEvents: ['r2', 'r1'],
  auditFaults: [],
  unhandled: [],
};

const swap = <T>(list: readonly T[], one: number, other: number): T[] =>
  list.map((item, index) => list[index === one ? other : index === other ? one : index] ?? item);

describe('the invariants', () => {
  it('find nothing where all is as it should be', () => {
    expect(findBroken(sound)).toEqual([]);
  });

  it.each<[string, Partial<World>, string[]]>([
    [
      'an acknowledged order that is lost',
      { orders: orders.slice(1), products: [{ id: 'tea', stock: 98 }] },
      ['acknowledgedWrites: the order open is lost.'],
    ],
    [
      'an order that was stored twice',
      { acknowledged: orders.slice(1) },
      ['acknowledgedWrites: the order open has no origin.'],
    ],
    [
      'an acknowledged change that is lost',
      { acknowledged: [{ ...orders[0]!, status: 'shipped' }, ...orders.slice(1)] },
      [expect.stringContaining('acknowledgedWrites: the order open is {"id":"open","status":"placed"')],
    ],
    [
      'an effect that is lost',
      { effects: [...ordered, ...unordered.slice(1)] },
      ["oneEffect: the effect at the consumer 'unordered' of the event e6 is lost."],
    ],
    [
      'an effect that took place twice',
      { effects: [...sound.effects, unordered[0]!] },
      ["oneEffect: the effect at the consumer 'unordered' of the event e6 is there 2 times."],
    ],
    [
      'an effect of an event that was rolled back',
      { effects: [...sound.effects, { consumer: 'unordered', eventId: 'e7', orderId: 'open' }] },
      ["oneEffect: the effect at the consumer 'unordered' of the event e7 has no origin."],
    ],
    [
      'effects in another order',
      { effects: [...swap(ordered, 3, 4), ...unordered] },
      ["order: the consumer 'ordered' has handled the event e5 of the order cancelled before e4."],
    ],
    [
      'a commit without its audit event',
      { auditEvents: ['r1'] },
      ['auditTrail: the audit event of the commit r2 is lost.'],
    ],
    [
      'a broken chain',
      { auditFaults: ['t: audit event 1: was altered'] },
      ['auditTrail: t: audit event 1: was altered.'],
    ],
    [
      'an item that was lost',
      { products: [{ id: 'tea', stock: 95 }] },
      ['stock: the product tea has a stock of 95, by its orders it should be 96.'],
    ],
    [
      'money that was refunded twice',
      { events: [...events, { id: 'e7', name: 'orders.order-refunded', orderId: 'paid', paid: -10 }], consumers: {} },
      ['money: the order paid holds 10 of its customer, by its events it should be 0.'],
    ],
    [
      'a message that was not handled',
      { unhandled: [{ id: 'ordered/e1', state: 'dead' }] },
      ['handled: the message ordered/e1 is dead.'],
    ],
  ])('find %s', (_, damage, broken) => {
    expect(findBroken({ ...sound, ...damage })).toEqual(broken);
  });

  it('name ten faults of a kind and count the others', () => {
    const unhandled = Array.from({ length: 13 }, (_, index) => ({ id: `m${index}`, state: 'ready' }));
    expect(findBroken({ ...sound, unhandled }).slice(9)).toEqual([
      'handled: the message m9 is ready.',
      'handled: 3 more.',
    ]);
  });
});
