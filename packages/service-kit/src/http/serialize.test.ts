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
const compiled = createSerializer(route, 'compiled');
const validated = createSerializer(route, 'validated');
const item = { id: 'a', at: '2026-01-01T00:00:00.000Z', count: 2 ** 40, ratio: 1.5, tags: ['x'] };

it('writes the same content, validated and compiled', () => {
  const page = { items: [item, { ...item, note: 'Ω "n"\n\u2028 \\ 🦉' }], nextCursor: null };
  // The compiled text puts optional fields last.
  expect(JSON.parse(compiled(page))).toEqual(page);
  expect(JSON.parse(validated(page))).toEqual(page);
});

it('drops an undeclared field when compiled, and refuses it when validated', () => {
  const page = { items: [{ ...item, secretSauce: 1 }], nextCursor: null };
  expect(compiled(page)).not.toContain('secretSauce');
  expect(() => validated(page)).toThrow(UndeclaredResponse);
  expect(() => validated(page)).toThrow('/items/0/secretSauce');
});

it('keeps the selected fields of each item, and the cursor', () => {
  const page = { items: [item, { ...item, note: 'n' }], nextCursor: 'c' };
  expect(selectFields(JSON.stringify(page), ['note', 'id'])).toBe(
    '{"items":[{"id":"a"},{"note":"n","id":"a"}],"nextCursor":"c"}',
  );
});
