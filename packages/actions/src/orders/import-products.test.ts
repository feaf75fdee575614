import { type OperationLine, toChunkText } from '@plinth/data-kit';
import { createContext, createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { parseProductLine } from './parse-product-line.ts';
import { createOperations } from './test/operations.ts';
import { createProductInput } from './testing/index.ts';

const toLines = (skus: readonly string[]): OperationLine[] =>
  skus.map((sku, index) => ({ line: index + 1, text: JSON.stringify(createProductInput({ sku })) }));

/** Creates a shop with an import of lines, which are stored as a host stores them. */
const withImport = async (lines: readonly OperationLine[]) => {
  const shop = createOperations();
  const operationId = createId();
  const store = shop.db.unitOfWork(async (_: object, ctx) => {
    for (let index = 0; index * 100 < lines.length; index += 1) {
      const chunkText = toChunkText(lines.slice(index * 100, (index + 1) * 100));
      shop.db.operationChunks.for(ctx).insert({ operationId, index, chunkText });
    }
  });
  await store({}, shop.owner);
  const operation = await shop.run.importProducts({ upload: { operationId, lines: lines.length } });
  return { ...shop, operation, getSkus: () => shop.db.products.all().map(({ sku }) => sku) };
};

it.each([0, 1, 100, 101, 250])('boundary: creates the product of each of %i lines once', async (count) => {
  const skus = Array.from({ length: count }, (_, index) => `P-${index}`);
  const { operation, settle, storedOperation, getSkus, db } = await withImport(toLines(skus));
  expect(operation).toMatchObject({ kind: 'import-products', status: 'running', progress: { done: 0, total: count } });
  await settle();
  expect(storedOperation(operation)).toMatchObject({ status: 'succeeded', done: count, failed: 0, lineErrors: [] });
  expect(getSkus()).toEqual(skus);
  expect(db.operationChunks.all()).toEqual([]);
  expect(db.emitted().filter(({ name }) => name === 'orders.product-created')).toHaveLength(count);
});

it('reports a SKU that is taken, in the shop or by an earlier line', async () => {
  const { operation, settle, storedOperation, createProduct, getSkus } = await withImport(toLines(['A', 'B', 'A']));
  await createProduct({ sku: 'B' });
  await settle();
  const taken = { code: 'sku-taken', detail: 'A product with this SKU already exists.' };
  expect(storedOperation(operation)).toMatchObject({
    done: 3,
    failed: 2,
    lineErrors: [
      { line: 2, ...taken },
      { line: 3, ...taken },
    ],
  });
  expect(getSkus().toSorted()).toEqual(['A', 'B']);
});

it('race: a SKU that is taken between the read and the commit is found by the next attempt', async () => {
  const { attempt, listDue, createProduct, settle, storedOperation, operation, getSkus } = await withImport(
    toLines(['A', 'B']),
  );
  const [due] = await listDue();
  const taking = async () => void (await createProduct({ sku: 'A' }));
  await expect(attempt(due as never, taking)).rejects.toMatchObject({ code: 'sku-taken' });
  expect(getSkus()).toEqual(['A']);
  await settle();
  expect(storedOperation(operation)).toMatchObject({ status: 'succeeded', failed: 1, lineErrors: [{ line: 1 }] });
  expect(getSkus().toSorted()).toEqual(['A', 'B']);
});

it('race: a cancellation between the read and the commit of a piece leaves no product of it', async () => {
  const { attempt, listDue, cancel, settle, operation, getSkus, storedOperation } = await withImport(toLines(['A']));
  const [due] = await listDue();
  await expect(attempt(due as never, () => cancel(operation))).rejects.toMatchObject({ code: 'stale-version' });
  await settle();
  expect(storedOperation(operation)).toMatchObject({ status: 'cancelled', done: 0 });
  expect(getSkus()).toEqual([]);
});

it('integrity: a piece that is attempted twice, or whose chunk is missing, creates nothing more', async () => {
  const skus = Array.from({ length: 150 }, (_, index) => `P-${index}`);
  const { db, owner, attempt, listDue, settle, expectUnchanged, getSkus } = await withImport(toLines(skus));
  const [first] = await listDue();
  await settle(1);
  await expectUnchanged(() => attempt({ ...(first as object), _id: 'import-products-piece/other' } as never));
  await db.unitOfWork(async (_: object, ctx) => {
    const [chunk] = db.operationChunks.all();
    if (chunk) db.operationChunks.for(ctx).remove(chunk);
  })({}, owner);
  const [next] = await listDue();
  await expectUnchanged(() => expect(attempt(next as never)).rejects.toThrow('is missing'));
  expect(getSkus()).toHaveLength(100);
});

it('integrity: the SKUs of another organization are not taken', async () => {
  const { run, settle, storedOperation, operation } = await withImport(toLines(['A']));
  await run.createProduct({ body: createProductInput({ sku: 'A' }) }, createContext());
  await settle();
  expect(storedOperation(operation)).toMatchObject({ failed: 0 });
});

it.each([
  [undefined, 'invalid-line', 'The number of cells is 1 instead of 2.'],
  ['{', 'invalid-json', 'The line is not valid JSON.'],
  ['[]', 'invalid-line', 'must be an object.'],
  ['{}', 'invalid-line', 'sku is required; name is required; price is required.'],
  [
    JSON.stringify({ ...createProductInput(), price: { amount: 'secret', currency: 'EUR' } }),
    'invalid-line',
    'price/amount must be a number.',
  ],
])('refuses the line %j and does not repeat its values', (text, code, detail) => {
  const line = { line: 7, ...(text === undefined ? { problem: detail } : { text }) };
  const { error } = parseProductLine(line);
  expect(error).toEqual({ line: 7, code, detail });
});
