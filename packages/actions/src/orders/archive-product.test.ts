import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

const prepare = async () => {
  const shop = createShop();
  const { id } = await shop.createProduct();
  return { ...shop, id };
};

it('changes the status and nothing else, and emits product-archived', async () => {
  const { id, run, stored, collectEvents } = await prepare();
  const before = stored({ id });
  const events = await collectEvents(async () => {
    expect(await run.archiveProduct({ id })).toMatchObject({ status: 'archived', version: 2 });
  });
  expect(stored({ id })).toEqual({ ...before, status: 'archived', version: 2 });
  expect(events).toEqual([{ name: 'orders.product-archived', aggregateId: id, payload: { productId: id } }]);
});

it('race: one of several calls succeeds', async () => {
  const { id, run } = await prepare();
  const results = await Promise.allSettled([1, 2, 3].map(() => run.archiveProduct({ id })));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await run.getProduct({ id })).toMatchObject({ version: 2 });
});

it('integrity: a second call is refused and changes nothing', async () => {
  const { id, run, expectUnchanged } = await prepare();
  await run.archiveProduct({ id });
  await expectUnchanged(() => expect(run.archiveProduct({ id })).rejects.toMatchObject({ code: 'already-archived' }));
});

it('boundary: another tenant’s product does not exist', async () => {
  const { id, run, expectUnchanged } = await prepare();
  const outsider = createContext();
  await expectUnchanged(() =>
    expect(run.archiveProduct({ id }, outsider)).rejects.toMatchObject({ code: 'not-found' }),
  );
});
