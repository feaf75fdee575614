import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { createTokenSigner, generateSigningKey, toPublicJwk } from '@plinth/auth';
import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { systemClock } from '@plinth/service-kit';
import { aFreePort, anId } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const apps = {
  platform: new URL('../src/main.ts', import.meta.url),
  'svc-users': new URL('../../svc-users/src/main.ts', import.meta.url),
};
const key = await generateSigningKey();
const parties = { key, issuer: 'plinth', audience: 'plinth-api' };
const signer = createTokenSigner({ ...parties, clock: systemClock });
/** Signs what is issued two seconds from now: after everything that has happened so far. */
const laterSigner = createTokenSigner({ ...parties, clock: { now: () => new Date(Date.now() + 2000) } });
const tenantId = anId();
const processes: ChildProcess[] = [];

let datastore: TestDatastore;
let redis: Awaited<ReturnType<typeof openRelay>>;
/** Two processes on one database. */
let urls: readonly string[] = [];

/** A way to Redis that can be cut. */
const openRelay = async (target: URL) => {
  const sockets = new Set<Socket>();
  const server: Server = createServer((incoming) => {
    const outgoing = dial(Number(target.port), target.hostname);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  const port = await aFreePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `redis://127.0.0.1:${port}`,
    cut: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

const readiness = (url: string): Promise<unknown> =>
  fetch(`${url}/health/ready`).then(
    (answer) => answer.json(),
    () => undefined,
  );

/** Starts an app as a process of its own, and waits until it is ready. */
const start = async (app: keyof typeof apps, redisUrl = process.env['REDIS_URL']): Promise<string> => {
  const port = await aFreePort();
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    PORT: String(port),
    MONGODB_URI: process.env['MONGODB_URI'],
    MONGODB_DATABASE_PREFIX: datastore.databasePrefix,
    REDIS_URL: redisUrl,
    AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }),
    CURSOR_SECRET: 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe',
    // These requests all come from one address, and their number is not the question here.
    LIMIT_DEFAULT_PLAN: 'enterprise',
    LIMIT_IP_PER_MINUTE: '600000',
    LIMIT_ANONYMOUS_PER_MINUTE: '600000',
  };
  processes.push(spawn(process.execPath, [apps[app].pathname], { env, stdio: ['ignore', 'ignore', 'inherit'] }));
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => expect(await readiness(url)).toMatchObject({ status: 'ready' }), 20_000);
  return url;
};

type Call = { readonly method?: string; readonly body?: object; readonly version?: number };

const call = async (url: string, token: string, { method = 'GET', body, version }: Call = {}) => {
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
      ...(version !== undefined && { 'if-match': `"${version}"` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
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
  const answer = await call(`${urls[0]}/v1/users`, owner, { method: 'POST', body });
  expect(answer.status).toBe(201);
  const subject = { id: String(answer.body['id']), tenantId, roles: [role] };
  return { subject, token: await signer.sign(subject) };
};

/** Two people whose tokens both processes have verified, one of whom something will happen to. */
const aTeam = async () => {
  const first = await signer.sign({ id: anId(), tenantId, roles: ['owner'] });
  const owner = await hire(first, 'owner');
  const [person, colleague] = await Promise.all([hire(first, 'member'), hire(first, 'member')]);
  for (const { token } of [owner, person, colleague]) {
    // oxlint-disable-next-line no-await-in-loop -- so that the second time finds what the first has left
    expect([await everywhere(token), await everywhere(token)].flat()).toEqual([200, 200, 200, 200]);
  }
  return { owner, person, colleague };
};

beforeAll(async () => {
  datastore = await openTestDatastore();
  // So that its databases are dropped at the end.
  datastore.open({ name: 'users', collections: {} }, { clock: systemClock, ids: { next: anId } });
  redis = await openRelay(new URL(process.env['REDIS_URL'] ?? ''));
  urls = await Promise.all([start('platform'), start('svc-users', redis.url)]);
}, 60_000);

afterAll(async () => {
  for (const child of processes) child.kill('SIGKILL');
  redis.cut();
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
        // oxlint-disable-next-line no-await-in-loop -- one after the other is clearer when it fails
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
  expect(await everywhere(await laterSigner.sign({ ...person.subject, roles: ['viewer'] }))).toEqual([200, 200]);
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
  redis.cut();
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
