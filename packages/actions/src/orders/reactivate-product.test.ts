import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

const prepare = async () => {
  const shop = createShop();
  const { id } = await shop.createProduct();
  await shop.run.archiveProduct({ id });
  return { ...shop, id };
};

it('changes the status and nothing else, and emits product-reactivated', async () => {
  const { id, run, stored, collectEvents } = await prepare();
  const before = stored({ id });
  const events = await collectEvents(async () => {
    expect(await run.reactivateProduct({ id })).toMatchObject({ status: 'active', version: 3 });
  });
  expect(stored({ id })).toEqual({ ...before, status: 'active', version: 3 });
  expect(events).toEqual([{ name: 'orders.product-reactivated', aggregateId: id, payload: { productId: id } }]);
});

it('race: one of several calls succeeds', async () => {
  const { id, run } = await prepare();
  const results = await Promise.allSettled([1, 2, 3].map(() => run.reactivateProduct({ id })));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await run.getProduct({ id })).toMatchObject({ version: 3 });
});

it('integrity: a second call is refused and changes nothing', async () => {
  const { id, run, expectUnchanged } = await prepare();
  await run.reactivateProduct({ id });
  await expectUnchanged(() => expect(run.reactivateProduct({ id })).rejects.toMatchObject({ code: 'not-archived' }));
});

it('boundary: another tenant’s product does not exist', async () => {
  const { id, run, expectUnchanged } = await prepare();
  const outsider = createContext();
  await expectUnchanged(() =>
    expect(run.reactivateProduct({ id }, outsider)).rejects.toMatchObject({ code: 'not-found' }),
  );
});
