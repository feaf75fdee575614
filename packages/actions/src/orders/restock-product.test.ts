import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

const body = { quantity: 7, reason: 'Delivery' };

it('adds the items to the stock, keeps the movement, and emits product-restocked', async () => {
  const { db, owner, run, createProduct, stored, collectEvents } = createShop();
  const { id } = await createProduct({ stock: 0 });
  const before = stored({ id });
  const events = await collectEvents(() => run.restockProduct({ id, body }));
  expect(stored({ id })).toEqual({ ...before, stock: 7, version: 2 });
  const [movement] = db.stockMovements.all();
  expect(movement).toMatchObject({ ...body, productId: id, createdBy: owner.actor.id });
  const payload = { productId: id, movementId: movement?._id, quantity: 7 };
  expect(events).toEqual([{ name: 'orders.product-restocked', aggregateId: id, payload }]);
});

it('restocks an archived product', async () => {
  const { run, createProduct } = createShop();
  const { id } = await createProduct();
  await run.archiveProduct({ id });
  await run.restockProduct({ id, body });
  expect(await run.getProduct({ id })).toMatchObject({ stock: 47 });
});

it('race: parallel movements all count', async () => {
  const { db, run, createProduct } = createShop();
  const { id } = await createProduct({ stock: 0 });
  await Promise.all(Array.from({ length: 10 }, () => run.restockProduct({ id, body })));
  expect(await run.getProduct({ id })).toMatchObject({ stock: 70, version: 11 });
  expect(db.stockMovements.all()).toHaveLength(10);
});

it('boundary: fills the stock up to its limit, and not beyond', async () => {
  const { run, createProduct, stored } = createShop();
  const { id } = await createProduct({ stock: 999_999_993 });
  await run.restockProduct({ id, body });
  expect(stored({ id })).toMatchObject({ stock: 1_000_000_000 });
});

it('integrity: a movement that does not fit leaves nothing behind', async () => {
  const { run, createProduct, expectUnchanged } = createShop();
  const { id } = await createProduct({ stock: 999_999_994 });
  await expectUnchanged(() =>
    expect(run.restockProduct({ id, body })).rejects.toMatchObject({ code: 'stock-too-large' }),
  );
});

it('boundary: another tenant’s product does not exist', async () => {
  const { run, createProduct, expectUnchanged } = createShop();
  const { id } = await createProduct();
  const outsider = createContext();
  await expectUnchanged(() =>
    expect(run.restockProduct({ id, body }, outsider)).rejects.toMatchObject({ code: 'not-found' }),
  );
});
