import { describe, expect, it } from 'vitest';
import type { Bench } from './bench.ts';

const query = { where: {}, sort: 'rank', limit: 1 } as const;

/** A list of two pages and the cursor between them. */
const betweenPages = async ({ context, stored, things }: Bench) => {
  const ctx = context();
  const [, second] = await stored(ctx, [{ rank: 1 }, { rank: 2 }]);
  const { nextCursor } = await things.for(ctx).list(query);
  return { ctx, cursor: nextCursor ?? '', second };
};

const refused = { code: 'invalid-cursor', status: 400 };

const scopeCases = (use: () => Bench): void => {
  it('serves the same list again and again, with any limit and in any context of the tenant', async () => {
    const { context, things } = use();
    const { ctx, cursor, second } = await betweenPages(use());
    const other = context(ctx.tenantId);
    for (const limit of [1, 100]) {
      expect(await things.for(other).list({ ...query, limit, cursor })).toEqual({ items: [second], nextCursor: null });
    }
  });

  it('is refused in another tenant', async () => {
    const { context, things } = use();
    const { cursor } = await betweenPages(use());
    await expect(things.for(context()).list({ ...query, cursor })).rejects.toMatchObject(refused);
  });

  it('is refused with another filter', async () => {
    const { things } = use();
    const { ctx, cursor } = await betweenPages(use());
    const list = (where: object) => things.for(ctx).list({ ...query, where, cursor });
    await expect(list({ group: 'alpha' })).rejects.toMatchObject(refused);
    await expect(list({ rank: { $gt: 0 } })).rejects.toMatchObject(refused);
  });

  it('is refused with a filter whose value or type differs', async () => {
    const { context, stored, things } = use();
    const ctx = context();
    await stored(ctx, [{ due: new Date(1) }, { due: new Date(2) }]);
    const list = (where: object, cursor?: string) => things.for(ctx).list({ where, sort: 'due', limit: 1, cursor });
    const { nextCursor } = await list({ due: { $gt: new Date(0) } });
    await expect(list({ due: { $gt: new Date(-1) } }, nextCursor ?? '')).rejects.toMatchObject(refused);
    await expect(list({ due: { $gte: new Date(0) } }, nextCursor ?? '')).rejects.toMatchObject(refused);
    await expect(list({ due: { $gt: 0 } }, nextCursor ?? '')).rejects.toMatchObject(refused);
    await expect(list({ due: { $gt: new Date(0).toISOString() } }, nextCursor ?? '')).rejects.toMatchObject(refused);
  });

  it('is served with the same filter written in another order', async () => {
    const { context, stored, things } = use();
    const ctx = context();
    const [, second] = await stored(ctx, [{}, {}]);
    const list = (where: object, cursor?: string) =>
      things.for(ctx).list({ where, sort: 'createdAt', limit: 1, cursor });
    const { nextCursor } = await list({ group: 'alpha', active: true });
    const page = await list({ active: true, group: 'alpha' }, nextCursor ?? '');
    expect(page).toEqual({ items: [second], nextCursor: null });
  });

  it('is refused with another sort or direction', async () => {
    const { things } = use();
    const { ctx, cursor } = await betweenPages(use());
    for (const sort of ['-rank', 'createdAt', '_id'] as const) {
      await expect(things.for(ctx).list({ ...query, sort, cursor })).rejects.toMatchObject(refused);
    }
  });

  it('is refused in another collection', async () => {
    const { slots } = use();
    const { ctx, cursor } = await betweenPages(use());
    await expect(slots.for(ctx).list({ ...query, cursor })).rejects.toMatchObject(refused);
  });
};

const forgeryCases = (use: () => Bench): void => {
  it('is refused when any one bit of it differs', async () => {
    const { things } = use();
    const { ctx, cursor } = await betweenPages(use());
    const flipped = [...cursor].flatMap((character, at) =>
      [1, 2, 4, 8, 16, 32, 64].map((bit) => {
        const other = String.fromCharCode(character.charCodeAt(0) ^ bit);
        return `${cursor.slice(0, at)}${other}${cursor.slice(at + 1)}`;
      }),
    );
    const outcomes = await Promise.allSettled(
      flipped.map((forged) => things.for(ctx).list({ ...query, cursor: forged })),
    );
    expect(outcomes.length).toBeGreaterThan(500);
    expect(
      outcomes.filter((outcome) => !(outcome.status === 'rejected' && outcome.reason.code === 'invalid-cursor')),
    ).toEqual([]);
  });

  it('is refused when it is cut, prolonged, doubled or put together from two', async () => {
    const { things } = use();
    const { ctx, cursor } = await betweenPages(use());
    const { cursor: another } = await betweenPages(use());
    const [position = '', signature = ''] = cursor.split('.');
    const forgeries = [
      ...Array.from({ length: cursor.length }, (_, length) => cursor.slice(0, length)),
      ...['=', '.', ' ', 'A', '\n', '.A'].flatMap((more) => [`${cursor}${more}`, `${more}${cursor}`]),
      `${position}.${another.split('.')[1]}`,
      `${another.split('.')[0]}.${signature}`,
      `${signature}.${position}`,
      cursor + cursor,
      cursor.toLowerCase(),
    ];
    const outcomes = await Promise.allSettled(
      forgeries.map((forged) => things.for(ctx).list({ ...query, cursor: forged })),
    );
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual(
      forgeries.map(() => 'invalid-cursor'),
    );
  });

  it.each([
    '',
    '.',
    '..',
    'null',
    '{}',
    'eyJ2IjoxfQ.',
    '.eyJ2IjoxfQ',
    '%00',
    '\u{1F600}',
    '\uD800',
    'x'.repeat(10_000),
  ])('is refused when it is %j', async (garbage) => {
    const { context, things } = use();
    await expect(things.for(context()).list({ ...query, cursor: garbage })).rejects.toMatchObject(refused);
  });
};

const contentCases = (use: () => Bench): void => {
  it('carries every kind of value to the next page', async () => {
    const { context, stored, things } = use();
    const names = ['', '\0', '"\\', 'a'.repeat(200), '\u0001'.repeat(200), '漢'.repeat(200), '\u{1F600}'];
    const ctx = context();
    await stored(
      ctx,
      names.map((name) => ({ name })),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < names.length; page += 1) {
      const { items, nextCursor } = await things.for(ctx).list({ where: {}, sort: 'name', limit: 1, cursor });
      seen.push(...items.map(({ name }) => name));
      cursor = nextCursor ?? undefined;
    }
    expect(new Set(seen)).toEqual(new Set(names));
    expect(cursor).toBeUndefined();
  });

  it('is made of characters that a URL carries unchanged', async () => {
    const { cursor } = await betweenPages(use());
    expect(encodeURIComponent(cursor)).toBe(cursor);
  });
};

/** A cursor is good for its own list and for nothing else. */
export const cursorCases = (use: () => Bench): void => {
  describe('a cursor', () => {
    scopeCases(use);
    forgeryCases(use);
    contentCases(use);
  });
};
