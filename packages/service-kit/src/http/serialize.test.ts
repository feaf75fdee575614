import { defineRoute } from '@plinth/contract-kit';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createSerializer, selectFields, UndeclaredResponse } from './serialize.ts';

const Item = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  note: z.string().optional(),
  count: z.int(),
  ratio: z.number(),
  tags: z.array(z.string()),
});
const route = defineRoute({
  method: 'GET',
  path: '/v1/items',
  summary: 'Items',
  auth: 'public',
  responses: { 200: z.object({ items: z.array(Item), nextCursor: z.string().nullable() }) },
});
const item = { id: 'a', at: '2026-01-01T00:00:00.000Z', count: 2 ** 40, ratio: 1.5, tags: ['x'] };

it('encodes alike, checked and compiled', () => {
  const page = { items: [item, { ...item, note: 'n"\n' }], nextCursor: null };
  // The compiled text puts optional fields last; what it says is the same.
  expect(JSON.parse(createSerializer(route, 'compiled')(page))).toEqual(
    JSON.parse(createSerializer(route, 'validated')(page)),
  );
});

it('compiled drops what the contract does not declare, checked refuses it', () => {
  const page = { items: [{ ...item, secretSauce: 1 }], nextCursor: null };
  expect(createSerializer(route, 'compiled')(page)).not.toContain('secretSauce');
  expect(() => createSerializer(route, 'validated')(page)).toThrow(UndeclaredResponse);
  expect(() => createSerializer(route, 'validated')(page)).toThrow('/items/0/secretSauce');
});

it('leaves the asked fields of each item, and the cursor', () => {
  const page = { items: [item, { ...item, note: 'n' }], nextCursor: 'c' };
  expect(selectFields(JSON.stringify(page), ['note', 'id'])).toBe(
    '{"items":[{"id":"a"},{"note":"n","id":"a"}],"nextCursor":"c"}',
  );
});
