import { readdir, readFile } from 'node:fs/promises';
import type { Module } from '@plinth/service-kit';
import { expect, it } from 'vitest';
import { modules } from '../../src/modules.ts';
import { createClubsModule } from './support/clubs.ts';
import { listRoutes } from './support/routes.ts';

const readTests = async ({ name }: Module): Promise<string[]> => {
  const folder = new URL(`../../../svc-${name}/test/`, import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.test.ts'));
  return Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')));
};

const toCamelCase = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/**
 * Returns the operations that no test file covers. A file covers an operation by `covers: 'placeOrder'` of `useModule`, by a wrapper such
 * as `useOrders('placeOrder')`, or by `covers: ordersContract` for all operations of a contract. It then fails when no test causes one
 * of the declared responses.
 */
const findUncovered = (module: Module, texts: readonly string[]): string[] => {
  const isCovered = (name: string): boolean =>
    texts.some((text) => new RegExp(`(?:\\buse[A-Z]\\w*\\(|covers: )${name}(?!\\w)`).test(text));
  return module.contracts.flatMap(({ name, routes }) =>
    isCovered(`${toCamelCase(name)}Contract`) ? [] : Object.keys(routes).filter((id) => !isCovered(`'${id}'`)),
  );
};

it.each(modules)('each operation of $name has an HTTP test that covers its declared responses', async (module) => {
  expect(findUncovered(module, await readTests(module))).toEqual([]);
});

it('finds an operation without a test', () => {
  const module = createClubsModule();
  const texts = listRoutes([module]).map(({ operationId }) => `const { host } = useClubs('${operationId}');`);
  expect(findUncovered(module, texts)).toEqual([]);
  expect(findUncovered(module, texts.slice(1))).toEqual(['createClub']);
});
