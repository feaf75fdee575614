import { Readable } from 'node:stream';
import { operationChunks, parseChunkText } from '@plinth/data-kit';
import { createContext, createIds, createManualClock, fakeDatabase } from '@plinth/testing';
import type { FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { hashUpload, storeUpload } from './store-upload.ts';

const Line = z.object({ name: z.string() });
const route = {
  method: 'POST',
  path: '/v1/imports',
  summary: 'Import',
  auth: 'authenticated',
  upload: { line: Line, linesMax: 50_000 },
  bodyBytesMax: 1024 * 1024,
  responses: {},
} as const;

const open = () => {
  const clock = createManualClock();
  const db = fakeDatabase({ operationChunks }, { clock });
  const deps = { route, store: db.store, ids: createIds(clock), operation: 'importThings' };
  return { db, deps };
};

const toRequest = (body: string | undefined, type = 'application/x-ndjson', length = body?.length) => {
  const ctx = createContext();
  const headers = { 'content-type': type, 'content-length': String(length) };
  // In parts, as from a network.
  const parts = body === undefined ? [] : (body.match(/[^]{1,10000}/g) ?? []).map((part) => Buffer.from(part));
  const payload = Object.assign(Readable.from(parts, { objectMode: false }), { headers });
  return { ctx, headers, body: body === undefined ? undefined : payload, scope: { ctx } } as unknown as FastifyRequest;
};

it.each([0, 1, 100, 101, 20_000])('boundary: stores %i lines in chunks of 100, in their order', async (count) => {
  const { db, deps } = open();
  const body = Array.from({ length: count }, (_, index) => `{"name":"A thing ${index}"}\n`).join('');
  const { operationId, lines } = await storeUpload(toRequest(body), deps);
  expect(lines).toBe(count);
  const chunks = db.operationChunks.all().toSorted((left, right) => left.index - right.index);
  expect(chunks.map(({ index }) => index)).toEqual(Array.from({ length: Math.ceil(count / 100) }, (_, index) => index));
  expect(new Set(chunks.map((chunk) => chunk.operationId)).size).toBe(count === 0 ? 0 : 1);
  if (count > 0) expect(chunks[0]?.operationId).toBe(operationId);
  const numbers = chunks.flatMap(({ chunkText }) => parseChunkText(chunkText).map(({ line }) => line));
  expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index + 1));
});

it('integrity: the journal has no line of the file', async () => {
  const { db, deps } = open();
  await storeUpload(toRequest('{"name":"Ada"}'), deps);
  expect(db.journalRows()).toMatchObject([{ operation: 'importThings' }]);
  expect(JSON.stringify(db.journalRows())).not.toContain('Ada');
});

it('a request without a body has no lines', async () => {
  const { db, deps } = open();
  expect(await storeUpload(toRequest(undefined), deps)).toMatchObject({ lines: 0 });
  expect(db.operationChunks.all()).toEqual([]);
});

it('boundary: accepts as many bytes and lines as the route says, and refuses one more', async () => {
  const { deps } = open();
  const refused = { code: 'payload-too-large' };
  const line = `{"name":"${'x'.repeat(1024 - 12)}"}\n`;
  expect(await storeUpload(toRequest(line.repeat(1024)), deps)).toMatchObject({ lines: 1024 });
  await expect(storeUpload(toRequest(`${line.repeat(1024)}\n`), deps)).rejects.toMatchObject(refused);
  // Also when the length is not declared.
  await expect(storeUpload(toRequest(`${line.repeat(1024)}\n`, undefined, 0), deps)).rejects.toMatchObject(refused);
  expect(await storeUpload(toRequest('{}\n'.repeat(50_000)), deps)).toMatchObject({ lines: 50_000 });
  await expect(storeUpload(toRequest('{}\n'.repeat(50_001)), deps)).rejects.toMatchObject(refused);
});

it('has a hash of its bytes and its type', async () => {
  const { deps } = open();
  const { hash } = await storeUpload(toRequest('name\nA'), deps);
  expect(await hashUpload(toRequest('name\nA'), route)).toBe(hash);
  expect(await hashUpload(toRequest('name\nB'), route)).not.toBe(hash);
  expect(await hashUpload(toRequest('name\nA', 'text/csv'), route)).not.toBe(hash);
});

it('stops when its request has ended', async () => {
  const { db, deps } = open();
  const request = toRequest('{}\n'.repeat(1000));
  const ended = { ...createContext(), signal: AbortSignal.abort() };
  Object.assign(request, { scope: { ctx: ended } });
  await expect(storeUpload(request, deps)).rejects.toThrow('aborted');
  expect(db.operationChunks.all()).toEqual([]);
});
