import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createId } from '../contexts.ts';
import { random } from '../seed.ts';
import { settle, suiteErrors } from './fixture.ts';
import type { OpenStore } from './open-store.ts';
import { type CreateShop, insertItem, openShops, type Shop } from './reference-shop.ts';

/** The guarantees of `references`. */
export const referenceCases = (openStore: OpenStore): void => {
  describe('a reference', () => {
    let opened: Awaited<ReturnType<typeof openShops>> | undefined;
    beforeAll(async () => {
      opened = await openShops(openStore);
    });
    afterAll(() => opened?.close());
    const createShop = (tenantId?: string): Shop => {
      if (!opened) throw new Error('The store of this suite failed to open.');
      return opened.createShop(tenantId);
    };
    insertCases(createShop);
    changeCases(createShop);
    removalCases(createShop);
    raceCases(createShop);
  });
};

const insertCases = (createShop: CreateShop): void => {
  it('is stored when its document exists, and does not change that document', async () => {
    const shop = createShop();
    const tea = await shop.write(() => shop.categories.insert({ name: 'Tea' }));
    const item = await insertItem(shop, tea._id);
    expect(await shop.items.get(item._id)).toEqual(item);
    expect(await shop.categories.get(tea._id)).toEqual(tea);
    const child = await shop.write(() => shop.categories.insert({ name: 'Green', parentId: tea._id }));
    expect((await shop.categories.get(child._id)).parentId).toBe(tea._id);
  });

  it('may refer to a document that the same unit of work has inserted before', async () => {
    const shop = createShop();
    const item = await shop.write(() => {
      const { _id } = shop.categories.insert({ name: 'Tea' });
      return shop.items.insert({ name: 'Assam', categoryId: _id });
    });
    expect(await shop.items.get(item._id)).toEqual(item);
  });

  it.each<[string, (shop: Shop) => Promise<string>]>([
    ['unknown', async () => createId()],
    [
      'removed',
      async (shop) => {
        const tea = await shop.write(() => shop.categories.insert({ name: 'Tea' }));
        await shop.write(() => shop.categories.remove(tea));
        return tea._id;
      },
    ],
    [
      'of another tenant',
      async () => {
        const other = createShop();
        return (await other.write(() => other.categories.insert({ name: 'Tea' })))._id;
      },
    ],
    ['of another collection', async (shop) => (await insertItem(shop))._id],
    ['empty', async () => ''],
  ])('integrity: an insert with a reference that is %s fails with its code, and writes nothing', async (_, getId) => {
    const shop = createShop();
    const categoryId = await getId(shop);
    const failing = shop.write(() => {
      shop.categories.insert({ name: 'beside' });
      shop.items.insert({ name: 'Tea', categoryId });
    });
    await expect(failing).rejects.toMatchObject({ name: 'ReferenceViolation', code: 'category-missing' });
    expect(await shop.categories.find({ name: 'beside' })).toBeUndefined();
  });

  it('boundary: in an array, requires the document of each item, and the array may be empty', async () => {
    const shop = createShop();
    const [one, two] = [await insertItem(shop), await insertItem(shop)];
    const lines = [one, two, one].map(({ _id }) => ({ itemId: _id, count: 1 }));
    const bundle = await shop.write(() => shop.bundles.insert({ lines, relatedIds: [two._id, two._id] }));
    expect(await shop.bundles.get(bundle._id)).toEqual(bundle);
    await shop.write(() => shop.bundles.insert({ lines: [] }));
    const unknown = [...lines, { itemId: createId(), count: 1 }];
    const missing = { code: 'item-missing' };
    await expect(shop.write(() => shop.bundles.insert({ lines: unknown }))).rejects.toMatchObject(missing);
    const related = [one._id, createId()];
    await expect(shop.write(() => shop.bundles.insert({ lines, relatedIds: related }))).rejects.toMatchObject(missing);
  });
};

const changeCases = (createShop: CreateShop): void => {
  const setUp = async () => {
    const shop = createShop();
    const tea = await shop.write(() => shop.categories.insert({ name: 'Tea' }));
    const item = await insertItem(shop);
    const bundle = await shop.write(() => shop.bundles.insert({ lines: [{ itemId: item._id, count: 1 }] }));
    return { ...shop, shop, tea, item, bundle };
  };

  it('may be set to a document that exists, unset, and kept', async () => {
    const { items, write, tea, item } = await setUp();
    const set = await write(() => items.update(item, { $set: { categoryId: tea._id } }));
    const kept = await write(() => items.update(set, { $set: { name: 'Assam', categoryId: tea._id } }));
    const unset = await write(() => items.update(kept, { $unset: { categoryId: true } }));
    expect(await items.get(item._id)).toEqual(unset);
  });

  it('integrity: every kind of change to an unknown id fails with its code, and changes nothing', async () => {
    const { items, bundles, write, item, bundle } = await setUp();
    const [_id, unknown] = [bundle._id, createId()];
    const line = { itemId: unknown, count: 1 };
    const changes = [
      { $set: { lines: [line] } },
      { $push: { lines: line } },
      { $push: { relatedIds: unknown } },
      { $addToSet: { relatedIds: unknown } },
    ];
    const missing = { code: 'item-missing' };
    for (const change of changes) {
      await expect(write(() => bundles.update(bundle, change))).rejects.toMatchObject(missing);
      const writing = write(() => bundles.updateWhere({ _id }, change, suiteErrors.soldOut()));
      await expect(writing).rejects.toMatchObject(missing);
    }
    const setting = write(() => items.update(item, { $set: { categoryId: unknown } }));
    await expect(setting).rejects.toMatchObject({ code: 'category-missing' });
    expect(await bundles.get(_id)).toEqual(bundle);
  });

  it('boundary: does not require its document when other fields change', async () => {
    const { categories, items, write, tea, item } = await setUp();
    const set = await write(() => items.update(item, { $set: { categoryId: tea._id } }));
    await write(() => {
      categories.update(tea, { $set: { name: 'Teas' } });
      items.update(set, { $set: { name: 'Assam' } });
    });
    expect(await items.get(item._id)).toMatchObject({ name: 'Assam', categoryId: tea._id });
  });
};

const removalCases = (createShop: CreateShop): void => {
  it('integrity: prevents the removal of its document, by each path, until the reference is removed', async () => {
    const { categories, items, bundles, write, ...shop } = createShop();
    const tea = await write(() => categories.insert({ name: 'Tea' }));
    const item = await insertItem({ categories, items, bundles, write, ...shop }, tea._id);
    const child = await write(() => categories.insert({ name: 'Green', parentId: tea._id }));
    const lines = [{ itemId: item._id, count: 1 }];
    const bundle = await write(() => bundles.insert({ lines, relatedIds: [item._id] }));
    await expect(write(() => categories.remove(tea))).rejects.toMatchObject({ code: 'category-in-use' });
    await expect(write(() => items.remove(item))).rejects.toMatchObject({ code: 'item-in-use' });
    const related = await write(() => bundles.update(bundle, { $set: { lines: [] } }));
    await expect(write(() => items.remove(item))).rejects.toMatchObject({ code: 'item-related' });
    await write(() => bundles.update(related, { $pull: { relatedIds: item._id } }));
    await write(() => items.remove(item));
    await expect(write(() => categories.remove(tea))).rejects.toMatchObject({ code: 'category-in-use' });
    await write(() => {
      categories.remove(child);
      categories.remove(tea);
    });
    expect(await categories.getMany([tea._id, child._id])).toEqual([]);
  });

  it('another tenant’s document does not prevent a removal', async () => {
    const [mine, other] = [createShop(), createShop()];
    const tea = await mine.write(() => mine.categories.insert({ name: 'Tea' }));
    await expect(insertItem(other, tea._id)).rejects.toMatchObject({ code: 'category-missing' });
    await mine.write(() => mine.categories.remove(tea));
  });

  it('integrity: a removed document is restored only while the document that it refers to exists', async () => {
    const shop = createShop();
    const tea = await shop.write(() => shop.categories.insert({ name: 'Tea' }));
    const item = await insertItem(shop, tea._id);
    const { items, categories, write } = shop;
    const restore = () => write(async () => items.restore(await items.getRemoved(item._id, suiteErrors.notRemoved())));
    await write(() => items.remove(item));
    await restore();
    await write(async () => items.remove(await items.get(item._id)));
    await write(() => categories.remove(tea));
    await expect(restore()).rejects.toMatchObject({ code: 'category-missing' });
  });

  it('boundary: a soft-deleted document cannot be referred to, and does not prevent a removal', async () => {
    const shop = createShop();
    const item = await insertItem(shop);
    await shop.write(() => shop.items.remove(item));
    const lines = [{ itemId: item._id, count: 1 }];
    const failing = shop.write(() => shop.bundles.insert({ lines }));
    await expect(failing).rejects.toMatchObject({ code: 'item-missing' });
  });
};

const pick = <T>(list: readonly T[]): T => list[(random() >>> 0) % list.length] as T;

const expectedCodes = [
  'item-missing',
  'item-in-use',
  'item-related',
  'stale-version',
  'not-found',
  'not-removed',
  'sold-out',
];

/** Adds or removes references to an item, or removes or restores it. */
const writeAtRandom = ({ items, bundles, write }: Shop, itemId: string): Promise<unknown> => {
  const line = { itemId, count: 1 };
  const works: (() => unknown)[] = [
    () => bundles.insert({ lines: [line] }),
    async () => items.remove(await items.get(itemId)),
    async () => items.remove(await items.get(itemId)),
    async () => items.restore(await items.getRemoved(itemId, suiteErrors.notRemoved())),
    async () => {
      const { items: stored } = await bundles.list({ where: {}, sort: '-createdAt', limit: 5 });
      const bundle = stored.at(0);
      if (!bundle) return;
      const { _id } = bundle;
      pick<() => unknown>([
        () => bundles.update(bundle, { $push: { lines: line } }),
        () => bundles.updateWhere({ _id }, { $addToSet: { relatedIds: itemId } }, suiteErrors.soldOut()),
        () => bundles.updateWhere({ _id }, { $pull: { relatedIds: itemId, lines: { itemId } } }, suiteErrors.soldOut()),
        () => bundles.remove(bundle),
      ])();
    },
  ];
  return write(pick(works));
};

const raceCases = (createShop: CreateShop): void => {
  it('race: an insert and the removal of its document never leave a reference without a document', async () => {
    const { tenantId } = createShop();
    for (let round = 0; round < 15; round += 1) {
      const shop = createShop(tenantId);
      const item = await insertItem(shop);
      const lines = [{ itemId: item._id, count: 1 }];
      const inserts = Array.from({ length: 3 }, () => createShop(tenantId));
      const { errorCodes } = await settle<unknown>([
        ...inserts.slice(0, round % 3).map(({ write, bundles }) => write(() => bundles.insert({ lines }))),
        shop.write(() => shop.items.remove(item)),
        ...inserts.slice(round % 3).map(({ write, bundles }) => write(() => bundles.insert({ lines }))),
      ]);
      const isRemoved = (await shop.items.find({ _id: item._id })) === undefined;
      const expected = isRemoved ? ['item-missing', 'item-missing', 'item-missing'] : ['item-in-use'];
      expect(errorCodes).toEqual(expected);
    }
  });

  it('race: many inserts that refer to one document are all committed', async () => {
    const shop = createShop();
    const tea = await shop.write(() => shop.categories.insert({ name: 'Tea' }));
    const shops = Array.from({ length: 30 }, () => createShop(shop.tenantId));
    const { results } = await settle(shops.map((other) => insertItem(other, tea._id)));
    expect(results).toHaveLength(30);
    expect(await shop.categories.get(tea._id)).toEqual(tea);
  });

  it('race: after concurrent random writes, every reference has a document', async () => {
    const shop = createShop();
    const pool = await Promise.all(Array.from({ length: 4 }, () => insertItem(createShop(shop.tenantId))));
    for (let round = 0; round < 12; round += 1) {
      const calls = Array.from({ length: 10 }, () => writeAtRandom(createShop(shop.tenantId), pick(pool)._id));
      const { errorCodes } = await settle(calls);
      expect(new Set([...expectedCodes, ...errorCodes])).toEqual(new Set(expectedCodes));
      const { items: stored } = await shop.bundles.list({ where: {}, sort: 'createdAt', limit: 100 });
      const ids = new Set(
        stored.flatMap(({ lines, relatedIds = [] }) => [...lines.map(({ itemId }) => itemId), ...relatedIds]),
      );
      expect(await shop.items.getMany([...ids])).toHaveLength(ids.size);
    }
  });
};
