import { definePage, getListItem } from '@plinth/contract-kit';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineMapper } from '../collections/mapper.ts';
import { unreadJsonOf, unreadPage } from './unread-page.ts';

const Item = z.object({ id: z.string(), name: z.string() });
const toItem = defineMapper<{ _id: string; name: string }, z.infer<typeof Item>>({ id: '_id', name: 'name' });
const jsonOf = unreadJsonOf(Item);

const open = (json: () => string | undefined = () => 'text') => {
  const items = vi.fn(() => [{ id: 'a', name: 'Ada' }]);
  return { items, page: unreadPage({ nextCursor: 'c', fields: toItem.fields, items, json }) };
};

describe('a page that nobody has looked into', () => {
  it('is given as text, without its items', () => {
    const { items, page } = open();
    expect(jsonOf(page)).toBe('text');
    expect(items).not.toHaveBeenCalled();
  });

  it('is a page like any other to who looks: its items are made once', () => {
    const { items, page } = open();
    expect(page).toEqual({ items: [{ id: 'a', name: 'Ada' }], nextCursor: 'c' });
    expect({ ...page }).toEqual({ items: [{ id: 'a', name: 'Ada' }], nextCursor: 'c' });
    expect(page.items).toBe(page.items);
    expect(items).toHaveBeenCalledOnce();
  });

  it('integrity: is given as text no longer when somebody has looked, who may have changed it', () => {
    const { page } = open();
    page.items.push({ id: 'b', name: 'Bob' });
    expect(jsonOf(page)).toBeUndefined();
    expect(page.items).toHaveLength(2);
    expect(jsonOf({ ...open().page })).toBeUndefined();
  });

  it.each([
    ['more fields', Item.extend({ more: z.string() })],
    ['fewer fields', Item.pick({ id: true })],
    ['another order', z.object({ name: z.string(), id: z.string() })],
  ])('integrity: is not given as text where the answer has %s', (_, other) => {
    expect(unreadJsonOf(other)(open().page)).toBeUndefined();
  });

  it('boundary: where it cannot be written so, there is no text', () => {
    expect(jsonOf(open(() => undefined).page)).toBeUndefined();
  });

  it.each([[undefined], [null], ['text'], [1], [{ items: [], nextCursor: null }]])('boundary: %j is none', (answer) => {
    expect(jsonOf(answer)).toBeUndefined();
  });
});

it('the item of a page is known where the page was made for it', () => {
  expect(getListItem(definePage(Item))).toBe(Item);
  expect(getListItem(z.object({ items: z.array(Item), nextCursor: z.string().nullable() }))).toBeUndefined();
});
