import { createTestIssuer } from '@plinth/auth/testing';
import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { systemClock } from '@plinth/service-kit';
import { anId, openTcpProxy, type TcpProxy } from '@plinth/testing';
import { createServiceSettings, type Service, startService, unlimitedRateLimits } from '@plinth/testing/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entrypoints } from './entrypoints.ts';

const issuer = await createTestIssuer();
// These requests all come from one address, and their number is not the question here.
const settings = { ...createServiceSettings(), ...issuer.settings, ...unlimitedRateLimits };
const tenantId = anId();
const services: Service[] = [];

let datastore: TestDatastore;
/** The way of one of them to Redis. */
let redis: TcpProxy;
/** Two processes on one database. */
let urls: readonly string[] = [];

const readiness = async (url: string): Promise<unknown> => (await fetch(`${url}/health/ready`)).json();

/** Starts an app as a process of its own, and waits until it is ready. */
const start = async (app: keyof typeof entrypoints, redisUrl = process.env['REDIS_URL']): Promise<string> => {
  const own = { MONGODB_DATABASE_PREFIX: datastore.databasePrefix, REDIS_URL: redisUrl };
  const service = await startService(entrypoints[app], { ...settings, ...own });
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

const statusOf = async (url: string, token: string): Promise<number> =>
  (await call(`${url}/v1/users/me`, token)).status;

/** The status of one's own page in each process. */
const everywhere = (token: string): Promise<number[]> => Promise.all(urls.map((url) => statusOf(url, token)));

let hired = 0;

/** Adds a person by the first process. */
const hire = async (owner: string, role: string) => {
  hired += 1;
  const body = { name: `Person ${hired}`, email: `person-${hired}@test.example`, role };
  const response = await call(`${urls[0]}/v1/users`, owner, { method: 'POST', body });
  expect(response.status).toBe(201);
  const subject = { id: String(response.body['id']), tenantId, roles: [role] };
  return { subject, token: await issuer.createToken(subject) };
};

/** Two people whose tokens both processes have verified, one of whom something will happen to. */
const aTeam = async () => {
  const first = await issuer.createToken({ id: anId(), tenantId, roles: ['owner'] });
  const owner = await hire(first, 'owner');
  const [person, colleague] = await Promise.all([hire(first, 'member'), hire(first, 'member')]);
  for (const { token } of [owner, person, colleague]) {
    expect([await everywhere(token), await everywhere(token)].flat()).toEqual([200, 200, 200, 200]);
  }
  return { owner, person, colleague };
};

beforeAll(async () => {
  datastore = await openTestDatastore();
  // So that its databases are dropped at the end.
  datastore.open({ name: 'users', collections: {} }, { clock: systemClock, ids: { next: anId } });
  redis = await openTcpProxy(new URL(process.env['REDIS_URL'] ?? ''));
  urls = await Promise.all([start('platform'), start('svc-users', `redis://127.0.0.1:${redis.port}`)]);
}, 60_000);

afterAll(async () => {
  await Promise.all(services.map((service) => service.end()));
  await redis.cut();
  await datastore.close();
});

type Team = Awaited<ReturnType<typeof aTeam>>;

const happenings: readonly (readonly [string, (team: Team, url: string) => ReturnType<typeof call>])[] = [
  [
    'suspended',
    ({ owner, person }, url) =>
      call(`${url}/v1/users/${person.subject.id}/suspension`, owner.token, { method: 'POST' }),
  ],
  [
    'given another role',
    ({ owner, person }, url) =>
      call(`${url}/v1/users/${person.subject.id}/role`, owner.token, {
        method: 'PUT',
        body: { role: 'viewer' },
        version: 1,
      }),
  ],
  [
    'removed',
    ({ owner, person }, url) =>
      call(`${url}/v1/users/${person.subject.id}`, owner.token, { method: 'DELETE', version: 1 }),
  ],
];

describe.each(happenings)('the tokens of a person who is %s', (_, happen) => {
  it.each([0, 1])(
    'end within a second in both processes, and nobody else’s; process %i makes it happen',
    async (at) => {
      const team = await aTeam();
      const { owner, person, colleague } = team;
      expect((await happen(team, urls[at] ?? '')).status).toBeLessThan(300);
      await expect.poll(() => everywhere(person.token), { timeout: 1000, interval: 20 }).toEqual([401, 401]);
      expect((await call(`${urls[at]}/v1/users/me`, person.token)).body).toMatchObject({
        code: 'unauthenticated',
        detail: expect.stringContaining('Get a new token'),
      });
      for (const { token } of [owner, colleague]) {
        expect(await everywhere(token)).toEqual([200, 200]);
      }
    },
    30_000,
  );
});

it('a token that is issued after the change is accepted, while the one from before stays refused', async () => {
  const { owner, person } = await aTeam();
  const options = { method: 'PUT', body: { role: 'viewer' }, version: 1 };
  await call(`${urls[0]}/v1/users/${person.subject.id}/role`, owner.token, options);
  await expect.poll(() => everywhere(person.token), { timeout: 1000, interval: 20 }).toEqual([401, 401]);
  // After everything that has happened so far.
  const later = new Date(Date.now() + 2000);
  const token = await issuer.createToken({ ...person.subject, roles: ['viewer'] }, later);
  expect(await everywhere(token)).toEqual([200, 200]);
  expect(await everywhere(person.token)).toEqual([401, 401]);
}, 30_000);

it('a process that starts afterwards refuses the tokens from its first request on', async () => {
  const { owner, person, colleague } = await aTeam();
  await call(`${urls[0]}/v1/users/${person.subject.id}/suspension`, owner.token, { method: 'POST' });
  const late = await start('svc-users');
  expect(await statusOf(late, person.token)).toBe(401);
  expect(await statusOf(late, colleague.token)).toBe(200);
}, 60_000);

it('tokens end without Redis as well', async () => {
  await redis.cut();
  await expect
    .poll(() => readiness(urls[1] ?? ''), { timeout: 10_000 })
    .toEqual({
      status: 'ready',
      degraded: ['redis'],
    });
  const { owner, person, colleague } = await aTeam();
  await call(`${urls[0]}/v1/users/${person.subject.id}/suspension`, owner.token, { method: 'POST' });
  await expect.poll(() => everywhere(person.token), { timeout: 1000, interval: 20 }).toEqual([401, 401]);
  expect(await everywhere(colleague.token)).toEqual([200, 200]);
}, 30_000);
