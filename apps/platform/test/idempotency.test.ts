import { createId, createPrincipal } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlatform } from './host.ts';

let platform: Awaited<ReturnType<typeof openPlatform>>;
beforeAll(async () => {
  platform = await openPlatform();
});
afterAll(async () => {
  expect(await platform.host.faults()).toEqual([]);
  await platform.host.close();
});

const createOwner = () => createPrincipal({ roles: ['owner'] });
const listUsers = async (tenantId: string) =>
  (await platform.datastore.raw('users', 'users').all()).filter((user) => user['tenantId'] === tenantId);
const listJournalRows = async (tenantId: string) =>
  (await platform.datastore.raw('users', 'journal').all()).filter((row) => row['tenantId'] === tenantId);

let bodyCount = 0;
const createBody = () => {
  bodyCount += 1;
  return { name: `Keyed ${bodyCount}`, email: `keyed-${bodyCount}@test.example`, role: 'member' };
};

describe('on a real database, an idempotency key', () => {
  it('race: creates one user and one distinct response in fifty concurrent requests', async () => {
    const owner = createOwner();
    const caller = await platform.host.as(owner);
    const body = createBody();
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => caller.post('/v1/users', body, { 'idempotency-key': 'fifty' })),
    );
    expect(new Set(responses.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(responses[0]?.status).toBe(201);
    expect(responses.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(await listUsers(owner.tenantId)).toHaveLength(1);
    expect(await listJournalRows(owner.tenantId)).toHaveLength(1);
  });

  it('race: fifty keys, each sent four times concurrently, create fifty users', async () => {
    const owner = createOwner();
    const caller = await platform.host.as(owner);
    const calls = Array.from({ length: 50 }, (_, index) => ({ key: `key ${index}`, body: createBody() }));
    const responses = await Promise.all(
      [...calls, ...calls, ...calls, ...calls].map(({ key, body }) =>
        caller.post('/v1/users', body, { 'idempotency-key': key }),
      ),
    );
    expect(responses.every(({ status }) => status === 201)).toBe(true);
    expect(new Set(responses.map(({ text }) => text)).size).toBe(50);
    expect(await listUsers(owner.tenantId)).toHaveLength(50);
    expect(await listJournalRows(owner.tenantId)).toHaveLength(50);
  });

  it('race: one of twenty patches with the same version succeeds, and repeating all of them changes nothing', async () => {
    const owner = createOwner();
    const caller = await platform.host.as(owner);
    const { id } = (await caller.post('/v1/users', createBody())).body;
    const patch = (index: number) =>
      caller.send({
        method: 'PATCH',
        url: `/v1/users/${id}`,
        body: { name: `Patch ${index}` },
        headers: { 'if-match': '"1"', 'idempotency-key': `patch ${index}` },
      });
    const indexes = Array.from({ length: 20 }, (_, index) => index);
    const first = await Promise.all(indexes.map(patch));
    expect(first.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([
      200,
      ...Array(19).fill(412),
    ]);
    const second = await Promise.all(indexes.map(patch));
    expect(second.map(({ status }) => status)).toEqual(first.map(({ status }) => status));
    // The others are not stored: with the current version, each key can still be used.
    const getStored = (responses: typeof first) => responses.find(({ status }) => status === 200)?.text;
    expect(getStored(second)).toBe(getStored(first));
    expect(await listUsers(owner.tenantId)).toMatchObject([{ version: 2 }]);
  });

  it('integrity: another body, tenant, user or route never gets the stored response', async () => {
    const owner = createOwner();
    const [caller, colleague, outsider] = await Promise.all(
      [owner, { ...owner, id: createId() }, createOwner()].map((principal) => platform.host.as(principal)),
    );
    const key = { 'idempotency-key': 'shared' };
    const body = createBody();
    const first = await caller?.post('/v1/users', body, key);
    expect(await caller?.post('/v1/users', createBody(), key)).toMatchObject({ status: 422 });
    expect(await listUsers(owner.tenantId)).toHaveLength(1);
    expect(await colleague?.post('/v1/users', body, key)).toMatchObject({ status: 409, body: { code: 'email-taken' } });
    const otherTenant = await outsider?.post('/v1/users', body, key);
    expect(otherTenant?.status).toBe(201);
    expect(otherTenant?.body.id).not.toBe(first?.body.id);
    const patched = await caller?.send({
      method: 'PATCH',
      url: `/v1/users/${first?.body.id}`,
      body,
      headers: { ...key, 'if-match': '"1"' },
    });
    expect(patched?.headers['idempotency-replayed']).toBeUndefined();
    expect(patched?.status).toBe(200);
  });

  it('stores its response apart from the journal, in which there is no name and no email', async () => {
    const owner = createOwner();
    const body = { ...createBody(), name: 'Canary Name' };
    await (await platform.host.as(owner)).post('/v1/users', body, { 'idempotency-key': 'canary' });
    const [row] = await listJournalRows(owner.tenantId);
    expect(row?.['operation']).toBe('createUser');
    expect(JSON.stringify(row)).not.toMatch(/Canary|keyed-/);
    const keys = await platform.datastore.raw('users', 'idempotencyKeys').all();
    expect(JSON.stringify(keys.filter(({ tenantId }) => tenantId === owner.tenantId))).toMatch(/Canary Name/);
  });
});
