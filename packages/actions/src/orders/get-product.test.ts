import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

it('returns the product, also an archived one, and changes nothing', async () => {
  const { run, createProduct, expectUnchanged } = createShop();
  const { id } = await createProduct();
  const archived = await run.archiveProduct({ id });
  await expectUnchanged(async () => expect(await run.getProduct({ id })).toEqual(archived));
});

it('boundary: another tenant’s product does not exist', async () => {
  const { run, createProduct } = createShop();
  const { id } = await createProduct();
  await expect(run.getProduct({ id }, createContext())).rejects.toMatchObject({ code: 'not-found' });
});
