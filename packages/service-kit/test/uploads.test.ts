import { defineContract, defineRoute, Operation } from '@plinth/contract-kit';
import {
  type Clock,
  type Collection,
  type Ctx,
  defineJob,
  failStalledOperation,
  type Jobs,
  type OperationDocument,
  operationChunks,
  operations,
  parseChunkText,
  startOperation,
  toOperation,
} from '@plinth/data-kit';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../src/index.ts';
import { useModule } from '../src/testing/index.ts';
import { openReadableDatastore } from './fake-datastore.ts';

const line = z.object({ name: z.string(), grams: z.int() });
const upload = {
  method: 'POST',
  summary: 'Import things',
  auth: { policy: 'things:write' },
  responses: { 202: Operation },
} as const;

const contract = defineContract('things', {
  permissions: { 'things:write': { title: 'Write things', roles: ['owner'] } },
  routes: {
    importThings: defineRoute({
      ...upload,
      path: '/v1/thing-imports',
      upload: { line, linesMax: 3 },
      bodyBytesMax: 1024,
    }),
    importLongThings: defineRoute({
      ...upload,
      path: '/v1/long-thing-imports',
      upload: { line, linesMax: 100 },
      bodyBytesMax: 2 * 1024 * 1024,
    }),
  },
});

type Deps = { operations: Collection<OperationDocument, 'insert'>; jobs: Jobs; clock: Clock };

const importThings =
  (deps: Deps) =>
  async ({ upload: { operationId: id, lines } }: { upload: { operationId: string; lines: number } }, ctx: Ctx) =>
    toOperation(startOperation(deps, ctx, { kind: 'import-things', id, total: lines }));

const things = useModule({
  module: defineModule({
    name: 'things',
    contracts: [contract],
    collections: { operations, operationChunks },
    actions: { importThings, importLongThings: importThings },
    jobs: [
      failStalledOperation,
      defineJob({ name: 'unused', input: z.object({}), handle: () => async () => undefined }),
    ],
  }),
  openDatastore: openReadableDatastore,
});

const open = async () => {
  const { owner, stored, call } = await things.createTenant();
  const upload = (body: string, headers: Readonly<Record<string, string>> = {}) =>
    owner.send({
      method: 'POST',
      url: '/v1/thing-imports',
      body,
      headers: { 'content-type': 'text/csv', 'idempotency-key': createId(), ...headers },
    });
  return { upload, stored, call };
};

it('stores the lines of a file for the operation that it starts, which is read and cancelled', async () => {
  const { upload, stored, call } = await open();
  const { status, headers, body } = await upload('name,grams\nA,1\nB,x\n');
  const { id } = body;
  expect({ status, location: headers['location'] }).toEqual({ status: 202, location: `/v1/operations/${id}` });
  expect(body).toMatchObject({ status: 'running', progress: { done: 0, failed: 0, total: 2 } });
  const [chunk] = await stored('operationChunks');
  expect(chunk).toMatchObject({ operationId: id, index: 0 });
  expect(parseChunkText(String(chunk?.['chunkText'])).map(({ text }) => JSON.parse(text ?? ''))).toEqual([
    { name: 'A', grams: 1 },
    { name: 'B', grams: 'x' },
  ]);
  expect((await call('getOperation', { id })).body).toEqual(body);
  expect((await call('cancelOperation', { id })).status).toBe(204);
  expect((await call('getOperation', { id })).body).toMatchObject({ status: 'cancelled' });
  expect(await call('cancelOperation', { id: createId() })).toMatchObject({ status: 404 });
});

it('boundary: stores long lines in chunks that fit a document also when each character is escaped', async () => {
  const { owner, stored } = await things.createTenant();
  const json = JSON.stringify({ name: '\u0001'.repeat(10_000), grams: 1 });
  const { status } = await owner.send({
    method: 'POST',
    url: '/v1/long-thing-imports',
    body: `${json}\n`.repeat(20),
    headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': createId() },
  });
  expect(status).toBe(202);
  const chunks = (await stored('operationChunks')).map(({ chunkText }) => String(chunkText));
  expect(chunks.flatMap(parseChunkText).map((stored) => stored.line)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  expect(chunks.length).toBeGreaterThan(1);
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(4_000_000);
});

it('integrity: a repeated upload gets the first response and stores nothing, and another one with its key is refused', async () => {
  const { upload, stored } = await open();
  const headers = { 'idempotency-key': createId() };
  const first = await upload('name\nA', headers);
  const before = await stored();
  const second = await upload('name\nA', headers);
  expect(second).toMatchObject({ status: 202, text: first.text, headers: { 'idempotency-replayed': 'true' } });
  for (const [file, type] of [
    ['name\nB', 'text/csv'],
    ['name\nA', 'application/x-ndjson'],
  ] as const) {
    const other = await upload(file, { ...headers, 'content-type': type });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
  }
  expect(await stored()).toEqual(before);
});

it.each([
  ['a missing key', 'name\nA', { 'idempotency-key': '' }, 400],
  ['more lines than the route accepts', 'name\nA\nB\nC\nD', {}, 413],
  ['more bytes than the route accepts', `name\n${'x'.repeat(1024)}`, {}, 413],
  ['a malformed file', 'name\n"A', {}, 400],
  ['JSON', '{}', { 'content-type': 'application/json' }, 415],
  ['another type', 'A', { 'content-type': 'text/plain' }, 415],
  ['an encoded body', 'A', { 'content-encoding': 'gzip' }, 415],
] as const)('boundary: refuses %s, and starts nothing', async (_, file, headers, status) => {
  const { upload, stored } = await open();
  expect((await upload(file, headers)).status).toBe(status);
  expect(await stored('operations')).toEqual([]);
});

it('boundary: a request without a body is a file without lines', async () => {
  const { call } = await open();
  expect(await call('importThings')).toMatchObject({ status: 202, body: { progress: { total: 0 } } });
});
