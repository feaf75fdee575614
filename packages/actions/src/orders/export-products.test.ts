import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createOperations } from './test/operations.ts';

const withProducts = async (count: number) => {
  const shop = createOperations();
  const products: unknown[] = [];
  for (let index = 0; index < count; index += 1) {
    shop.db.clock.advance(1);
    products.push(await shop.createProduct({ sku: `P-${index}` }));
  }
  return { ...shop, products, start: () => shop.run.exportProducts({ body: {} }) };
};

it.each([0, 1, 100, 101, 250])('boundary: copies each of %i products once, the oldest first', async (count) => {
  const { start, settle, run, collect, products, storedOperation } = await withProducts(count);
  const { id, ...started } = await start();
  expect(started).toMatchObject({
    kind: 'export-products',
    status: 'running',
    progress: { done: 0, failed: 0 },
    errors: [],
  });
  await settle();
  const path = `/v1/product-exports/${id}`;
  expect(storedOperation({ id })).toMatchObject({ status: 'succeeded', done: count, resultPath: path });
  expect(await collect(await run.downloadProductExport({ id }))).toEqual(products);
});

it('copies the products of a status only', async () => {
  const { run, createProduct, settle, collect } = createOperations();
  const { id } = await createProduct({ sku: 'A' });
  await createProduct({ sku: 'B' });
  const archived = await run.archiveProduct({ id });
  const { id: operationId } = await run.exportProducts({ body: { productStatus: 'archived' } });
  await settle();
  expect(await collect(await run.downloadProductExport({ id: operationId }))).toEqual([archived]);
});

it('integrity: a piece that is repeated, or comes too late, changes nothing', async () => {
  const { start, settle, attempt, db, expectUnchanged } = await withProducts(150);
  await start();
  const [first] = db.messages().filter(({ consumer }) => consumer === 'export-products-piece');
  await settle();
  await expectUnchanged(() => attempt(first as never));
  await expectUnchanged(() => attempt({ ...(first as object), _id: 'export-products-piece/other' } as never));
});

it('race: a cancellation between the read and the commit of a piece wins, and the next attempt leaves it', async () => {
  const { start, cancel, attempt, listDue, storedOperation, db } = await withProducts(150);
  const operation = await start();
  const [due] = await listDue();
  await expect(attempt(due as never, () => cancel(operation))).rejects.toMatchObject({ code: 'stale-version' });
  expect(db.operationChunks.all()).toEqual([]);
  await attempt(due as never);
  expect(storedOperation(operation)).toMatchObject({ status: 'cancelled', done: 0 });
  expect(await listDue()).toEqual([]);
});

it('race: of two cancellations one succeeds', async () => {
  const { start, cancel } = await withProducts(1);
  const operation = await start();
  const results = await Promise.allSettled([cancel(operation), cancel(operation)]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

it('fails an operation that makes no progress for an hour, and lets one that does go on', async () => {
  const { start, attempt, listDue, storedOperation, db } = await withProducts(101);
  const minuteMs = 60_000;
  const [going, stalled] = [await start(), await start()];
  const listWatches = async () => (await listDue()).filter(({ consumer }) => consumer === 'fail-stalled-operation');
  db.clock.advance(30 * minuteMs);
  expect(await listWatches()).toEqual([]);
  const [piece] = await listDue();
  await attempt(piece as never);
  db.clock.advance(30 * minuteMs);
  for (const watch of await listWatches()) await attempt(watch);
  expect(storedOperation(going)).toMatchObject({ status: 'running', done: 100 });
  expect(storedOperation(stalled)).toMatchObject({ status: 'failed', reason: 'no-progress', done: 0 });
  db.clock.advance(30 * minuteMs);
  for (const watch of await listWatches()) await attempt(watch);
  expect(storedOperation(going)).toMatchObject({ status: 'failed', done: 100 });
});

it('409 and 404: has no result before it has succeeded, for another organization, and for an unknown id', async () => {
  const { start, run, settle } = await withProducts(1);
  const { id } = await start();
  await expect(run.downloadProductExport({ id })).rejects.toMatchObject({ code: 'operation-not-succeeded' });
  await settle();
  const outsider = createContext();
  await expect(run.downloadProductExport({ id }, outsider)).rejects.toMatchObject({ code: 'not-found' });
});

it('integrity: a download whose pages have expired fails instead of ending early', async () => {
  const { start, run, settle, collect, db, owner } = await withProducts(101);
  const { id } = await start();
  await settle();
  const expire = db.unitOfWork(async (_: object, ctx) => {
    const chunk = await db.operationChunks.for(ctx).find({ operationId: id, index: 1 });
    if (chunk) db.operationChunks.for(ctx).remove(chunk);
  });
  await expire({}, owner);
  await expect(collect(await run.downloadProductExport({ id }))).rejects.toMatchObject({ code: 'not-found' });
});
