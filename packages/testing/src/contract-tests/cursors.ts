import { describe, expect, it } from 'vitest';
import { createTenant, type Fixture } from './fixture.ts';

const query = { where: {}, sort: 'rank', limit: 1 } as const;

/** Creates a list of two pages. @returns the cursor between them. */
const createTwoPages = async ({ context, insertEach, things }: Fixture) => {
  const ctx = context();
  const [, second] = await insertEach(ctx, [{ rank: 1 }, { rank: 2 }]);
  const { nextCursor } = await things.for(ctx).list(query);
  return { ctx, cursor: nextCursor ?? '', second };
};

const invalid = { code: 'invalid-cursor', status: 400 };

const scopeCases = (use: () => Fixture): void => {
  it('serves the same list repeatedly, with any limit and in any context of the tenant', async () => {
    const { context, things } = use();
    const { ctx, cursor, second } = await createTwoPages(use());
    const other = context(ctx.tenantId);
    for (const limit of [1, 100]) {
      expect(await things.for(other).list({ ...query, limit, cursor })).toEqual({ items: [second], nextCursor: null });
    }
  });

  it('is rejected in another tenant', async () => {
    const { context, things } = use();
    const { cursor } = await createTwoPages(use());
    await expect(things.for(context()).list({ ...query, cursor })).rejects.toMatchObject(invalid);
  });

  it('is rejected with another filter', async () => {
    const { things } = use();
    const { ctx, cursor } = await createTwoPages(use());
    const list = (where: object) => things.for(ctx).list({ ...query, where, cursor });
    await expect(list({ group: 'alpha' })).rejects.toMatchObject(invalid);
    await expect(list({ rank: { $gt: 0 } })).rejects.toMatchObject(invalid);
  });

  it('is rejected with a filter whose value or type differs', async () => {
    const { insertEach, things } = createTenant(use());
    await insertEach([{ due: new Date(1) }, { due: new Date(2) }]);
    const list = (where: object, cursor?: string) => things.list({ where, sort: 'due', limit: 1, cursor });
    const { nextCursor } = await list({ due: { $gt: new Date(0) } });
    await expect(list({ due: { $gt: new Date(-1) } }, nextCursor ?? '')).rejects.toMatchObject(invalid);
    await expect(list({ due: { $gte: new Date(0) } }, nextCursor ?? '')).rejects.toMatchObject(invalid);
    await expect(list({ due: { $gt: 0 } }, nextCursor ?? '')).rejects.toMatchObject(invalid);
    await expect(list({ due: { $gt: new Date(0).toISOString() } }, nextCursor ?? '')).rejects.toMatchObject(invalid);
  });

  it('is accepted with the fields of the filter in another order', async () => {
    const { insertEach, things } = createTenant(use());
    const [, second] = await insertEach([{}, {}]);
    const list = (where: object, cursor?: string) => things.list({ where, sort: 'createdAt', limit: 1, cursor });
    const { nextCursor } = await list({ group: 'alpha', active: true });
    const page = await list({ active: true, group: 'alpha' }, nextCursor ?? '');
    expect(page).toEqual({ items: [second], nextCursor: null });
  });

  it('is rejected with another sort or direction', async () => {
    const { things } = use();
    const { ctx, cursor } = await createTwoPages(use());
    for (const sort of ['-rank', 'createdAt', '_id'] as const) {
      await expect(things.for(ctx).list({ ...query, sort, cursor })).rejects.toMatchObject(invalid);
    }
  });

  it('is rejected in another collection', async () => {
    const { slots } = use();
    const { ctx, cursor } = await createTwoPages(use());
    await expect(slots.for(ctx).list({ ...query, cursor })).rejects.toMatchObject(invalid);
  });
};

const forgeryCases = (use: () => Fixture): void => {
  it('is rejected when one bit differs', async () => {
    const { things } = use();
    const { ctx, cursor } = await createTwoPages(use());
    const flipped = [...cursor].flatMap((character, index) =>
      [1, 2, 4, 8, 16, 32, 64].map((bit) => {
        const other = String.fromCharCode(character.charCodeAt(0) ^ bit);
        return `${cursor.slice(0, index)}${other}${cursor.slice(index + 1)}`;
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

  it('is rejected when it is truncated, extended, doubled or composed of two', async () => {
    const { things } = use();
    const { ctx, cursor } = await createTwoPages(use());
    const { cursor: another } = await createTwoPages(use());
    const half = Math.floor(cursor.length / 2);
    const forgeries = [
      ...Array.from({ length: cursor.length }, (_, length) => cursor.slice(0, length)),
      ...['=', '.', ' ', 'A', '\n', '.A'].flatMap((more) => [`${cursor}${more}`, `${more}${cursor}`]),
      cursor.slice(0, half) + another.slice(half),
      another.slice(0, half) + cursor.slice(half),
      cursor.slice(half) + cursor.slice(0, half),
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
  ])('is rejected when it is %j', async (garbage) => {
    const { context, things } = use();
    await expect(things.for(context()).list({ ...query, cursor: garbage })).rejects.toMatchObject(invalid);
  });
};

const contentCases = (use: () => Fixture): void => {
  it('boundary: continues after every kind of value', async () => {
    const { context, insertEach, things } = use();
    const names = ['', '\0', '"\\', 'a'.repeat(200), '\u0001'.repeat(200), '漢'.repeat(200), '\u{1F600}'];
    const ctx = context();
    await insertEach(
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

  it('shows no value of a document', async () => {
    const { insertEach, things } = createTenant(use());
    const name = 'Ada Lovelace of London';
    await insertEach([{ name }, { name }]);
    const { nextCursor } = await things.list({ where: {}, sort: 'name', limit: 1 });
    const decoded = Buffer.from(nextCursor ?? '', 'base64url').toString('latin1');
    expect(decoded.length).toBeGreaterThan(28);
    for (const text of [nextCursor, decoded]) expect(text).not.toMatch(/ada|lovelace|london/i);
  });

  it('needs no escaping in a URL', async () => {
    const { cursor } = await createTwoPages(use());
    expect(encodeURIComponent(cursor)).toBe(cursor);
  });
};

/** A cursor is valid for its own list only. */
export const cursorCases = (use: () => Fixture): void => {
  describe('integrity: a cursor', () => {
    scopeCases(use);
    forgeryCases(use);
    contentCases(use);
  });
};
