import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { describeRefusals, race } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useJobs } from './operations.ts';
import { useOrders } from './shop.ts';

const orders = useOrders('importProducts');
const { service, createShop } = orders;
const { attempt, listDue, settle } = useJobs(orders);

const ndjson = 'application/x-ndjson';
const csv = 'text/csv; charset=utf-8';
const price = { amount: 1250, currency: 'EUR' };
const toLine = (sku: string, fields: object = {}): string => JSON.stringify({ sku, name: 'Tea', price, ...fields });
const header = 'sku,name,description,price.amount,price.currency,stock';

type Shop = Awaited<ReturnType<typeof createShop>>;

const upload = ({ owner }: Pick<Shop, 'owner'>, body: string | Uint8Array, type = ndjson, key = createId()) =>
  owner.send({
    method: 'POST',
    url: '/v1/product-imports',
    body,
    headers: { 'content-type': type, 'idempotency-key': key },
  });

/** Imports a file to its end. Returns the operation, and the SKUs of the products in their order. */
const importAll = async (shop: Shop, body: string, type?: string) => {
  const { id } = (await upload(shop, body, type)).body;
  await settle(shop.tenantId);
  const { body: operation } = await shop.call('getOperation', { id });
  const products = (await shop.stored('products')).map((product) => product['sku']);
  return { operation, products };
};

describeRefusals(service, 'importProducts', {
  createTenant: createShop,
  createItem: () => ({ line: toLine(createId()) }),
  perform: ({ owner }, { line }, { as = owner, headers } = {}) => {
    const sent = Object.entries({ 'content-type': ndjson, 'idempotency-key': createId(), ...headers });
    const given = Object.fromEntries(sent.filter(([, value]) => value !== ''));
    return as.send({ method: 'POST', url: '/v1/product-imports', body: line, headers: given });
  },
});

it('202: starts an operation that creates a product for each line', async () => {
  const shop = await createShop();
  const response = await upload(shop, `${toLine('A')}\n${toLine('B', { stock: 7 })}\n`);
  const { id } = response.body;
  expect(response).toMatchObject({
    status: 202,
    headers: { location: `/v1/operations/${id}` },
    body: { kind: 'import-products', status: 'running', progress: { done: 0, failed: 0, total: 2 } },
  });
  await settle(shop.tenantId);
  const { body } = await shop.call('getOperation', { id });
  expect(body).toMatchObject({ status: 'succeeded', progress: { done: 2, failed: 0, total: 2 }, errors: [] });
  expect(await shop.stored('products')).toMatchObject([
    { sku: 'A', name: 'Tea', priceAmount: 1250, stock: 0, status: 'active' },
    { sku: 'B', stock: 7 },
  ]);
  expect(await shop.stored('operationChunks')).toEqual([]);
});

it('reads CSV with quotes, commas, line breaks, CRLF and a byte order mark', async () => {
  const shop = await createShop();
  const lines = [header, 'A,"Tea, ""green""","Two\r\nlines",1250,EUR,3', '', 'B,Tea,,1,EUR,', 'C,Tea,1,EUR'];
  const { operation } = await importAll(shop, `\uFEFF${lines.join('\r\n')}`, csv);
  expect(operation).toMatchObject({
    status: 'succeeded',
    progress: { done: 3, failed: 1 },
    errors: [{ line: 6, code: 'invalid-line', detail: 'The number of cells is 4 instead of 6.' }],
  });
  expect(await shop.stored('products')).toMatchObject([
    { sku: 'A', name: 'Tea, "green"', description: 'Two\nlines', priceAmount: 1250, stock: 3 },
    { sku: 'B', priceAmount: 1, stock: 0 },
  ]);
});

it('reports each line that is not valid, and creates the others', async () => {
  const shop = await createShop();
  await shop.addProduct({ sku: 'TAKEN' });
  const lines = [
    `\uFEFF${toLine('A')}\r`,
    '',
    '{"sku":',
    'null',
    toLine('A'),
    toLine('TAKEN'),
    toLine('not a sku', { price: { amount: 'x', currency: 'EUR' } }),
    `{"__proto__":{"x":1},${toLine('B').slice(1)}`,
  ];
  const { operation, products } = await importAll(shop, lines.join('\n'));
  expect(operation.progress).toEqual({ done: 7, failed: 5, total: 7 });
  expect(operation.errors).toEqual([
    { line: 3, code: 'invalid-json', detail: 'The line is not valid JSON.' },
    { line: 4, code: 'invalid-line', detail: 'must be an object.' },
    { line: 5, code: 'sku-taken', detail: 'A product with this SKU already exists.' },
    { line: 6, code: 'sku-taken', detail: 'A product with this SKU already exists.' },
    { line: 7, code: 'invalid-line', detail: expect.stringMatching(/^sku must be 1 to 64 .*; price\/amount must be /) },
  ]);
  expect(products).toHaveLength(3);
  expect(new Set(products)).toEqual(new Set(['A', 'B', 'TAKEN']));
});

it.each([
  ['no body', ndjson, '', 0],
  ['blank lines only', ndjson, '\n \r\n\n', 0],
  ['a CSV header only', csv, `${header}\n`, 0],
  ['an empty CSV', csv, '', 0],
  ['a full chunk', ndjson, Array.from({ length: 100 }, (_, index) => toLine(`P-${index}`)).join('\n'), 100],
  ['a chunk and a line', ndjson, Array.from({ length: 101 }, (_, index) => toLine(`P-${index}`)).join('\n'), 101],
] as const)('boundary: imports %s', async (_, type, body, count) => {
  const shop = await createShop();
  const { operation, products } = await importAll(shop, body, type);
  expect(operation).toMatchObject({ status: 'succeeded', progress: { done: count, failed: 0, total: count } });
  expect(products).toHaveLength(count);
});

it('boundary: stores 100,000 lines, and refuses one more with 413', async () => {
  const shop = await createShop();
  const lines = '{}\n'.repeat(100_000);
  expect(await upload(shop, lines)).toMatchObject({ status: 202, body: { progress: { total: 100_000 } } });
  const detail = 'The body has more than 100000 lines.';
  expect(await upload(shop, `${lines}{}`)).toMatchObject({ status: 413, body: { code: 'payload-too-large', detail } });
});

it('boundary: 413 for a body above 10 MiB and for a line above 64 KiB', async () => {
  const shop = await createShop();
  const line = `${toLine('A', { extra: 'x'.repeat(63 * 1024) })}\n`;
  const fitting = Math.floor((10 * 1024 * 1024) / line.length);
  expect((await upload(shop, line.repeat(fitting))).status).toBe(202);
  const large = await upload(shop, line.repeat(fitting + 1));
  expect(large).toMatchObject({ status: 413, body: { detail: 'The body is larger than 10 MiB.' } });
  const long = { status: 413, body: { detail: expect.stringMatching(/^Line 2 has more than 65536 characters/) } };
  expect(await upload(shop, `${header}\n"${'x'.repeat(70_000)}`, csv)).toMatchObject(long);
  expect(await upload(shop, `{}\n${'x'.repeat(70_000)}`)).toMatchObject(long);
  expect(await shop.stored('operations')).toHaveLength(1);
});

it.each([
  [new Uint8Array([0x7b, 0xff, 0x7d]), ndjson, /^The body is not UTF-8/],
  [new Uint8Array([0x7b, 0xc3]), ndjson, /^The body is not UTF-8/],
  [`${header}\nA,"Tea`, csv, /^The CSV is malformed at line 2/],
  [`${header}\nA,Te"a`, csv, /^The CSV is malformed at line 2/],
  ['sku;name\nA;Tea', csv, /^The first line of the CSV names none of the columns sku, name/],
] as const)('400: refuses the file %j', async (body, type, detail) => {
  const shop = await createShop();
  const response = await upload(shop, typeof body === 'string' ? body : Buffer.from(body), type);
  expect(response).toMatchObject({
    status: 400,
    body: { code: 'invalid-request', detail: expect.stringMatching(detail) },
  });
  expect(await shop.stored()).toEqual([]);
});

it('415: refuses other types and an encoded body', async () => {
  const shop = await createShop();
  for (const type of ['application/json', 'text/plain', 'application/octet-stream']) {
    const response = await upload(shop, toLine('A'), type);
    expect(response).toMatchObject({ status: 415, body: { fix: expect.stringContaining('text/csv') } });
  }
  const headers = { 'content-type': ndjson, 'content-encoding': 'gzip', 'idempotency-key': createId() };
  const encoded = await shop.owner.send({ method: 'POST', url: '/v1/product-imports', body: 'x', headers });
  expect(encoded.status).toBe(415);
});

it('race: of ten uploads with one key, one starts an operation; a user has two uploads at a time', async () => {
  const shop = await createShop();
  const key = createId();
  const body = `${toLine('A')}\n`;
  const responses = await race(10, () => upload(shop, body, ndjson, key));
  const [accepted, limited] = [202, 429].map((status) => responses.filter((response) => response.status === status));
  expect([accepted?.length, limited?.length]).toEqual([2, 8]);
  expect(new Set(accepted?.map(({ text }) => text)).size).toBe(1);
  expect(limited?.[0]?.headers['retry-after']).toBe('10');
  expect(await shop.stored('operations')).toHaveLength(1);
  const other = await upload(shop, body, csv, key);
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
});

it('race: a SKU that is taken between the read and the commit of a piece is an error of its line', async () => {
  const shop = await createShop();
  const { id } = (await upload(shop, `${toLine('A')}\n${toLine('B')}`)).body;
  const [piece] = await listDue(shop.tenantId);
  const taking = shop.addProduct({ sku: 'A' });
  await Promise.allSettled([attempt(piece as never), taking]);
  await settle(shop.tenantId);
  const { body } = await shop.call('getOperation', { id });
  expect(body).toMatchObject({ status: 'succeeded', progress: { done: 2 } });
  const skus = (await shop.stored('products')).map(({ sku }) => sku);
  expect(skus).toHaveLength(2);
  expect(new Set(skus)).toEqual(new Set(['A', 'B']));
});

it('integrity: a piece that fails at its commit leaves nothing, and a later attempt has each line once', async () => {
  const shop = await createShop();
  const { id } = (await upload(shop, Array.from({ length: 150 }, (_, index) => toLine(`P-${index}`)).join('\n'))).body;
  await settle(shop.tenantId, 1);
  const before = await shop.stored();
  const [piece] = await listDue(shop.tenantId);
  const failing = {
    ...(piece as object),
    event: { ...(piece as { event: object }).event, payload: { operationId: id, piece: 7 } },
  };
  await attempt({ ...failing, _id: 'import-products-piece/other' } as never);
  expect(await shop.stored()).toEqual(before);
  await Promise.allSettled([attempt(piece as never), attempt(piece as never)]);
  await settle(shop.tenantId);
  expect(await shop.stored('products')).toHaveLength(150);
  expect((await shop.call('getOperation', { id })).body.progress).toEqual({ done: 150, failed: 0, total: 150 });
});

it('cancels between two pieces: what was created stays, and nothing follows', async () => {
  const shop = await createShop();
  const { id } = (await upload(shop, Array.from({ length: 250 }, (_, index) => toLine(`P-${index}`)).join('\n'))).body;
  await settle(shop.tenantId, 1);
  expect((await shop.call('cancelOperation', { id })).status).toBe(204);
  await settle(shop.tenantId);
  expect(await shop.stored('products')).toHaveLength(100);
  expect((await shop.call('getOperation', { id })).body).toMatchObject({
    status: 'cancelled',
    progress: { done: 100 },
  });
});

it('integrity: a client that disconnects in the middle of its file starts no operation', async () => {
  const shop = await createShop();
  const { server } = service.host;
  if (!server.server.listening) await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const token = await service.host.signToken({ id: createId(), tenantId: shop.tenantId, roles: ['owner'] });
  const socket = connect(port, '127.0.0.1');
  const head = ['POST /v1/product-imports HTTP/1.1', 'Host: test.example', `Authorization: Bearer ${token}`];
  head.push(`Content-Type: ${ndjson}`, `Idempotency-Key: ${createId()}`, 'Content-Length: 100000', '', toLine('A'));
  socket.write(head.join('\r\n'));
  await once(socket, 'connect');
  socket.destroy();
  await once(socket, 'close');
  expect(await shop.stored('operations')).toEqual([]);
});

it('boundary: invites a large body of a client that waits for 100 Continue', async () => {
  const shop = await createShop();
  const { server } = service.host;
  if (!server.server.listening) await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const token = await service.host.signToken({ id: createId(), tenantId: shop.tenantId, roles: ['owner'] });
  const body = '\n'.repeat(300 * 1024);
  const socket = connect(port, '127.0.0.1');
  const head = ['POST /v1/product-imports HTTP/1.1', 'Host: test.example', `Authorization: Bearer ${token}`];
  head.push(`Content-Type: ${ndjson}`, `Idempotency-Key: ${createId()}`, 'Expect: 100-continue');
  head.push(`Content-Length: ${body.length}`, '', '');
  socket.write(head.join('\r\n'));
  const [invitation] = (await once(socket, 'data')) as [Buffer];
  expect(invitation.toString()).toMatch(/^HTTP\/1.1 100 Continue/);
  socket.write(body);
  const [response] = (await once(socket, 'data')) as [Buffer];
  expect(response.toString()).toMatch(/^HTTP\/1.1 202 /);
  socket.destroy();
});
