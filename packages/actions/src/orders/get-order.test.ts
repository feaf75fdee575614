import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

it('returns the order, with the lines as they were placed', async () => {
  const { run, orderOne, expectUnchanged } = createShop();
  const { order, product } = await orderOne();
  const { id } = order;
  await run.updateProduct({ id: product.id, version: [2], body: { name: 'New', price: { amount: 1 } } });
  await expectUnchanged(async () => expect(await run.getOrder({ id })).toEqual(order));
});

it('boundary: another tenant’s order does not exist', async () => {
  const { run, orderOne } = createShop();
  const { id } = (await orderOne()).order;
  await expect(run.getOrder({ id }, createContext())).rejects.toMatchObject({ code: 'not-found' });
});
