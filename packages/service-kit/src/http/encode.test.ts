import { definePage, defineRoute } from '@plinth/contract-kit';
import { defineMapper, unreadPage } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { encoderOf, sparse, UndeclaredAnswer } from './encode.ts';

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
  expect(JSON.parse(encoderOf(route, 'compiled')(page))).toEqual(JSON.parse(encoderOf(route, 'checked')(page)));
});

it('compiled drops what the contract does not declare, checked refuses it', () => {
  const page = { items: [{ ...item, secretSauce: 1 }], nextCursor: null };
  expect(encoderOf(route, 'compiled')(page)).not.toContain('secretSauce');
  expect(() => encoderOf(route, 'checked')(page)).toThrow(UndeclaredAnswer);
  expect(() => encoderOf(route, 'checked')(page)).toThrow('/items/0/secretSauce');
});

it('leaves the asked fields of each item, and the cursor', () => {
  const page = { items: [item, { ...item, note: 'n' }], nextCursor: 'c' };
  expect(sparse(JSON.stringify(page), ['note', 'id'])).toBe(
    '{"items":[{"id":"a"},{"note":"n","id":"a"}],"nextCursor":"c"}',
  );
});

describe('a page that nobody has looked into', () => {
  const Short = z.object({ id: z.string(), count: z.int() });
  const short = defineRoute({
    method: 'GET',
    path: '/v1/shorts',
    summary: 'Shorts',
    auth: 'public',
    responses: { 200: definePage(Short) },
  });
  const toShort = defineMapper<{ _id: string; count: number }, z.infer<typeof Short>>({ id: '_id', count: 'count' });
  const pageWith = (json: string | undefined) =>
    unreadPage({ nextCursor: null, fields: toShort.fields, items: () => [{ id: 'a', count: 1 }], json: () => json });
  const text = '{"items":[{"id":"a","count":1}],"nextCursor":null}';

  it('is sent as it was written, and encoded where it was not', () => {
    const other = '{"items":[{"id":"b","count":1}],"nextCursor":null}';
    expect(encoderOf(short, 'compiled')(pageWith(other))).toBe(other);
    expect(encoderOf(short, 'compiled')(pageWith(undefined))).toBe(text);
    expect(encoderOf(short, 'checked')(pageWith(undefined))).toBe(text);
  });

  it('integrity: is refused by checks where it is written otherwise than its schema says', () => {
    expect(encoderOf(short, 'checked')(pageWith(text))).toBe(text);
    const page = pageWith('{"items":[{"id":"a","count":1,"more":2}],"nextCursor":null}');
    expect(() => encoderOf(short, 'checked')(page)).toThrow('GET /v1/shorts has a page that is written otherwise');
  });
});
