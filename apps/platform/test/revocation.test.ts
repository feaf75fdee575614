import { createTestIssuer } from '@plinth/auth/testing';
import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { systemClock } from '@plinth/service-kit';
import { createId, openTcpProxy, type TcpProxy } from '@plinth/testing';
import { createServiceSettings, type Service, startService, unlimitedRateLimits } from '@plinth/testing/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entrypoints } from './entrypoints.ts';
import { storeUser } from './stored-users.ts';

const issuer = await createTestIssuer();
// All requests come from one IP, and the test is not about limits.
const settings = { ...createServiceSettings(), ...issuer.settings, ...unlimitedRateLimits };
const tenantId = createId();

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
/** The time until each process refuses the tokens; longer on a machine that runs other tests too. */
const refusedWithinMs = isHeavy ? 1000 : 15_000;
const services: Service[] = [];

let datastore: TestDatastore;
/** The connection of the second process to Redis. */
let redis: TcpProxy;
/** The URLs of two processes on one database. */
let urls: readonly string[] = [];

const readiness = async (url: string): Promise<unknown> => (await fetch(`${url}/health/ready`)).json();

/** Starts an app in its own process and waits until it is ready. */
const start = async (app: keyof typeof entrypoints, redisUrl = process.env['REDIS_URL']): Promise<string> => {
  const overrides = { MONGODB_DATABASE_PREFIX: datastore.databasePrefix, REDIS_URL: redisUrl };
  const service = await startService(entrypoints[app], { ...settings, ...overrides });
  services.push(service);
  return service.url;
};

type Call = { readonly method?: string; readonly body?: object; readonly version?: number };

const call = async (url: string, token: string, { method = 'GET', body, version }: Call = {}) => {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
      ...(version !== undefined && { 'if-match': `"${version}"` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
};

const readStatus = async (url: string, token: string): Promise<number> =>
  (await call(`${url}/v1/users/me`, token)).status;

/** Returns the status of `GET /v1/users/me` from each process. */
const readStatuses = (token: string): Promise<number[]> => Promise.all(urls.map((url) => readStatus(url, token)));

let added = 0;

/** Creates a user through the first process, and a token for the user. */
const addUser = async (owner: string, role: string) => {
  added += 1;
  const body = { name: `User ${added}`, email: `user-${added}@test.example`, role };
  const response = await call(`${urls[0]}/v1/users`, owner, { method: 'POST', body });
  expect(response.status).toBe(201);
  const subject = { id: String(response.body['id']), tenantId, roles: [role] };
  return { subject, token: await issuer.createToken(subject) };
};

/** Creates an owner and two users whose tokens both processes have verified. */
const createTeam = async () => {
  const subject = { id: createId(), tenantId, roles: ['owner'] };
  await storeUser({ ...settings, MONGODB_DATABASE_PREFIX: datastore.databasePrefix }, subject);
  const first = await issuer.createToken(subject);
  const owner = await addUser(first, 'owner');
  const [user, colleague] = await Promise.all([addUser(first, 'member'), addUser(first, 'member')]);
  for (const { token } of [owner, user, colleague]) {
    expect([await readStatuses(token), await readStatuses(token)].flat()).toEqual([200, 200, 200, 200]);
  }
  return { owner, user, colleague };
};

beforeAll(async () => {
  datastore = await openTestDatastore();
  // Registers the databases, so that they are dropped at the end.
  datastore.open({ name: 'users', collections: {} }, { clock: systemClock, ids: { next: createId } });
  redis = await openTcpProxy(new URL(process.env['REDIS_URL'] ?? ''));
  urls = await Promise.all([start('platform'), start('svc-users', `redis://127.0.0.1:${redis.port}`)]);
});

afterAll(async () => {
  await Promise.all(services.map((service) => service.end()));
  await redis.cut();
  await datastore.close();
});

type Team = Awaited<ReturnType<typeof createTeam>>;

const changes: readonly (readonly [string, (team: Team, url: string) => ReturnType<typeof call>])[] = [
  [
    'suspended',
    ({ owner, user }, url) => call(`${url}/v1/users/${user.subject.id}/suspension`, owner.token, { method: 'POST' }),
  ],
  [
    'assigned another role',
    ({ owner, user }, url) =>
      call(`${url}/v1/users/${user.subject.id}/role`, owner.token, {
        method: 'PUT',
        body: { role: 'viewer' },
        version: 1,
      }),
  ],
  [
    'deleted',
    ({ owner, user }, url) => call(`${url}/v1/users/${user.subject.id}`, owner.token, { method: 'DELETE', version: 1 }),
  ],
];

describe.each(changes)('the tokens of a user who is %s', (_, change) => {
  it.each([0, 1])(
    `race: are rejected${isHeavy ? ' within a second' : ''} in both processes, those of other users are not; the change is sent to process %i`,
    async (index) => {
      const team = await createTeam();
      const { owner, user, colleague } = team;
      expect((await change(team, urls[index] ?? '')).status).toBeLessThan(300);
      await expect.poll(() => readStatuses(user.token), { timeout: refusedWithinMs, interval: 20 }).toEqual([401, 401]);
      expect((await call(`${urls[index]}/v1/users/me`, user.token)).body).toMatchObject({
        code: 'unauthenticated',
        detail: expect.stringContaining('Get a new token'),
      });
      for (const { token } of [owner, colleague]) {
        expect(await readStatuses(token)).toEqual([200, 200]);
      }
    },
    30_000,
  );
});

it('a token issued after the change is accepted, and an earlier one stays rejected', async () => {
  const { owner, user } = await createTeam();
  const options = { method: 'PUT', body: { role: 'viewer' }, version: 1 };
  await call(`${urls[0]}/v1/users/${user.subject.id}/role`, owner.token, options);
  await expect.poll(() => readStatuses(user.token), { timeout: refusedWithinMs, interval: 20 }).toEqual([401, 401]);
  // Later than every revocation so far.
  const later = new Date(Date.now() + 2000);
  const token = await issuer.createToken({ ...user.subject, roles: ['viewer'] }, later);
  expect(await readStatuses(token)).toEqual([200, 200]);
  expect(await readStatuses(user.token)).toEqual([401, 401]);
});

it('a process that starts later rejects the tokens from its first request', async () => {
  const { owner, user, colleague } = await createTeam();
  await call(`${urls[0]}/v1/users/${user.subject.id}/suspension`, owner.token, { method: 'POST' });
  const late = await start('svc-users');
  expect(await readStatus(late, user.token)).toBe(401);
  expect(await readStatus(late, colleague.token)).toBe(200);
});

it('tokens are revoked without Redis as well', async () => {
  await redis.cut();
  await expect
    .poll(() => readiness(urls[1] ?? ''), { timeout: 30_000 })
    .toEqual({
      status: 'ready',
      degraded: ['redis'],
    });
  const { owner, user, colleague } = await createTeam();
  await call(`${urls[0]}/v1/users/${user.subject.id}/suspension`, owner.token, { method: 'POST' });
  await expect.poll(() => readStatuses(user.token), { timeout: refusedWithinMs, interval: 20 }).toEqual([401, 401]);
  expect(await readStatuses(colleague.token)).toEqual([200, 200]);
});
