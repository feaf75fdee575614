import { anId, aPrincipal } from '@plinth/testing';
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

const owner = () => aPrincipal({ roles: ['owner'] });
const usersOf = async (tenantId: string) =>
  (await platform.datastore.raw('users', 'users').all()).filter((user) => user['tenantId'] === tenantId);
const listJournalKeys = async (tenantId: string) =>
  (await platform.datastore.raw('users', 'journal').all()).filter((row) => row['tenantId'] === tenantId);

let made = 0;
const aBody = () => {
  made += 1;
  return { name: `IdempotencyOptions ${made}`, email: `keyed-${made}@test.example`, role: 'member' };
};

describe('on a real database, an idempotency key', () => {
  it('race: of fifty creates at once makes one person and one distinct response', async () => {
    const subject = owner();
    const caller = await platform.host.as(subject);
    const body = aBody();
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => caller.post('/v1/users', body, { 'idempotency-key': 'fifty' })),
    );
    expect(new Set(responses.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(responses[0]?.status).toBe(201);
    expect(responses.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(await usersOf(subject.tenantId)).toHaveLength(1);
    expect(await listJournalKeys(subject.tenantId)).toHaveLength(1);
  });

  it('race: fifty keys at once, each sent four times, make fifty people', async () => {
    const subject = owner();
    const caller = await platform.host.as(subject);
    const calls = Array.from({ length: 50 }, (_, at) => ({ key: `key ${at}`, body: aBody() }));
    const responses = await Promise.all(
      [...calls, ...calls, ...calls, ...calls].map(({ key, body }) =>
        caller.post('/v1/users', body, { 'idempotency-key': key }),
      ),
    );
    expect(responses.every(({ status }) => status === 201)).toBe(true);
    expect(new Set(responses.map(({ text }) => text)).size).toBe(50);
    expect(await usersOf(subject.tenantId)).toHaveLength(50);
    expect(await listJournalKeys(subject.tenantId)).toHaveLength(50);
  });

  it('race: of twenty patches with keys of their own on one version one holds, also when all are sent again', async () => {
    const subject = owner();
    const caller = await platform.host.as(subject);
    const { id } = (await caller.post('/v1/users', aBody())).body;
    const patch = (at: number) =>
      caller.send({
        method: 'PATCH',
        url: `/v1/users/${id}`,
        body: { name: `Patch ${at}` },
        headers: { 'if-match': '"1"', 'idempotency-key': `patch ${at}` },
      });
    const places = Array.from({ length: 20 }, (_, at) => at);
    const first = await Promise.all(places.map(patch));
    expect(first.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([
      200,
      ...Array(19).fill(412),
    ]);
    const second = await Promise.all(places.map(patch));
    expect(second.map(({ text }) => text)).toEqual(first.map(({ text }) => text));
    expect(await usersOf(subject.tenantId)).toMatchObject([{ version: 2 }]);
  });

  it('integrity: another body, tenant, subject or route never gets the stored response', async () => {
    const subject = owner();
    const [caller, colleague, stranger] = await Promise.all(
      [subject, { ...subject, id: anId() }, owner()].map((who) => platform.host.as(who)),
    );
    const key = { 'idempotency-key': 'shared' };
    const body = aBody();
    const first = await caller?.post('/v1/users', body, key);
    expect(await caller?.post('/v1/users', aBody(), key)).toMatchObject({ status: 422 });
    expect(await usersOf(subject.tenantId)).toHaveLength(1);
    expect(await colleague?.post('/v1/users', body, key)).toMatchObject({ status: 409, body: { code: 'email-taken' } });
    const theirs = await stranger?.post('/v1/users', body, key);
    expect(theirs?.status).toBe(201);
    expect(theirs?.body.id).not.toBe(first?.body.id);
    const patched = await caller?.send({
      method: 'PATCH',
      url: `/v1/users/${first?.body.id}`,
      body,
      headers: { ...key, 'if-match': '"1"' },
    });
    expect(patched?.headers['idempotency-replayed']).toBeUndefined();
    expect(patched?.status).toBe(200);
  });

  it('shows no name and no address in the changes of its receipt', async () => {
    const subject = owner();
    const body = { ...aBody(), name: 'Marker Person' };
    await (await platform.host.as(subject)).post('/v1/users', body);
    const [receipt] = await listJournalKeys(subject.tenantId);
    expect(receipt?.['operation']).toBe('createUser');
    expect(JSON.stringify(receipt)).not.toMatch(/Marker|keyed-/);
  });
});
