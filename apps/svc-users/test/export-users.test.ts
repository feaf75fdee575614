import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createId, createPrincipal } from '@plinth/testing';
import { beforeAll, expect, it } from 'vitest';
import { useUsers } from './organization.ts';

const countMax = process.env['PLINTH_HEAVY'] === '1' ? 1_000_000 : 5000;
const path = '/v1/users/export';
/** A name for long lines, because the sockets of both sides buffer some megabytes. */
const longName = '\u{1F600}'.repeat(95);

const users = useUsers('exportUsers');
/** An organization whose export fills the buffers of both sides. */
let large: Awaited<ReturnType<typeof users.createOrganization>>;

beforeAll(async () => {
  await users.host.server.listen({ host: '127.0.0.1', port: 0 });
  large = await users.createOrganization();
  await addUsers(large.tenantId, 20_000, longName);
});

const openExport = async (tenantId: string, id: string = createId()): Promise<IncomingMessage> => {
  const { port } = users.host.server.server.address() as AddressInfo;
  const authorization = `Bearer ${await users.host.signToken(createPrincipal({ id, tenantId, roles: ['owner'] }))}`;
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers: { authorization } }, resolve).on('error', reject);
  });
};

/** Stores many users without an action. */
const addUsers = async (tenantId: string, count: number, name = 'User'): Promise<void> => {
  const raw = users.datastore.raw('users', 'users');
  const fields = { tenantId, version: 1, role: 'member', status: 'active', deleted: false };
  const start = Date.now() - count;
  for (let begin = 0; begin < count; begin += 5000) {
    const batch = Array.from({ length: Math.min(5000, count - begin) }, (_, offset) => {
      const [index, email] = [begin + offset, `u${begin + offset}@test.example`];
      const time = new Date(start + index);
      const times = { createdAt: time, updatedAt: time };
      return { _id: createId(), ...fields, ...times, name: `${name} ${index}`, nameKey: name, email, emailKey: email };
    });
    await raw.insertMany(batch);
  }
};

it('200: returns one user a line, the oldest first, and nothing without users', async () => {
  const { owner, addUser } = await users.createOrganization();
  expect(await owner.get(path)).toMatchObject({ status: 200, text: '' });
  const added = [await addUser(), await addUser()];
  const response = await owner.get(path);
  expect(response).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-ndjson; charset=utf-8' } });
  const lines = response.text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(added);
});

it('401, 403, 400 and 406: is for owners only, accepts no parameters and returns only lines of JSON', async () => {
  const { owner, tenantId } = await users.createOrganization();
  expect((await users.host.anonymous.get(path)).status).toBe(401);
  expect((await (await users.userWithRole('member', tenantId)).get(path)).status).toBe(403);
  expect((await owner.get(`${path}?limit=1`)).status).toBe(400);
  expect((await owner.get(path, { accept: 'text/csv' })).status).toBe(406);
});

it(`boundary: exports ${countMax} users with the memory of a few pages`, async () => {
  const tenantId = createId();
  await addUsers(tenantId, countMax);
  const response = await openExport(tenantId);
  const before = process.memoryUsage().rss;
  let [lines, growth] = [0, 0];
  for await (const chunk of response.setEncoding('utf8')) {
    lines += String(chunk).split('\n').length - 1;
    growth = Math.max(growth, process.memoryUsage().rss - before);
  }
  expect(response.complete).toBe(true);
  expect(lines).toBe(countMax);
  expect(growth).toBeLessThan(200 * 1024 * 1024);
}, 900_000);

it('integrity: breaks the connection when MongoDB fails midway, so that no client mistakes a part for the whole', async () => {
  const { client, databasePrefix } = users.datastore;
  const setFailing = (mode: 'alwaysOn' | 'off') => {
    const data = { failCommands: ['find'], closeConnection: true, namespace: `${databasePrefix}users.users` };
    return client.db('admin').command({ configureFailPoint: 'failCommand', mode, data });
  };
  const response = await openExport(large.tenantId);
  await setFailing('alwaysOn');
  try {
    await expect(text(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(response.complete).toBe(false);
  } finally {
    await setFailing('off');
  }
}, 60_000);

it.each([
  ['is suspended', 'suspension', { method: 'POST' }],
  ['is demoted', 'role', { method: 'PUT', body: { role: 'member' } }],
] as const)(
  'integrity: ends in the middle when its reader %s, so that no client mistakes a part for the whole',
  async (_, change, request) => {
    const { tenantId, owner, addUser } = large;
    await addUser({ role: 'owner' });
    const { id } = await addUser({ role: 'owner' });
    const response = await openExport(tenantId, id);
    response.once('data', () => response.pause());
    const changed = await owner.send({
      ...request,
      url: `/v1/users/${id}/${change}`,
      headers: request.method === 'PUT' ? { 'if-match': '"1"' } : {},
    });
    expect(changed.status).toBe(200);
    // The revocation arrives within a second.
    await sleep(1000);
    response.resume();
    await expect(text(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(response.complete).toBe(false);
  },
  60_000,
);

it('race: a paused client stops the reads of the database, and a disconnected one ends them', async () => {
  let finds = 0;
  const onCommand = ({ commandName }: { commandName: string }) => void (finds += commandName === 'find' ? 1 : 0);
  users.datastore.client.on('commandStarted', onCommand);
  const response = await openExport(large.tenantId);
  response.once('data', () => response.pause());
  /** Returns the number of reads so far, once it no longer grows. */
  const countReads = async () => {
    let seen = -1;
    while (seen !== finds) {
      seen = finds;
      await sleep(300);
    }
    return seen;
  };
  const whilePaused = await countReads();
  expect(whilePaused).toBeGreaterThan(0);
  // The whole export would read 200 pages.
  expect(whilePaused).toBeLessThan(180);
  response.destroy();
  expect((await countReads()) - whilePaused).toBeLessThan(5);
  users.datastore.client.off('commandStarted', onCommand);
}, 60_000);
