import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

const createCatalogue = async () => {
  const { run, createProduct } = createShop();
  const tea = await createProduct({ name: 'Green tea', sku: 'TEA-1' });
  const cup = await createProduct({ name: 'Tasse', description: 'For tea, émaillée' });
  const search = async (text: string, status?: 'active' | 'archived') =>
    (await run.searchProducts({ query: { text, status } })).items;
  return { run, tea, cup, search };
};

it('finds words of the name, the description and the SKU, without case and accents, the best first', async () => {
  const { search, tea, cup } = await createCatalogue();
  expect(await search('GREEN tea')).toEqual([tea, cup]);
  expect(await search('emaillee')).toEqual([cup]);
  expect(await search('tea-1')).toEqual([tea, cup]);
  expect(await search('coffee')).toEqual([]);
});

it('finds products with a status only', async () => {
  const { run, search, tea, cup } = await createCatalogue();
  const archived = await run.archiveProduct({ id: tea.id });
  expect(await search('tea', 'active')).toEqual([cup]);
  expect(await search('tea', 'archived')).toEqual([archived]);
});

it('boundary: finds nothing by signs, and nothing of another tenant', async () => {
  const { run, search } = await createCatalogue();
  expect(await search('!?')).toEqual([]);
  const query = { text: 'tea', status: undefined };
  expect(await run.searchProducts({ query }, createContext())).toEqual({ items: [] });
});
