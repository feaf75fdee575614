import { defineContract, defineRoute } from '@plinth/contract-kit';
import type { Datastore } from '@plinth/data-kit';
import { createId, createPrincipal, fakeDatabase } from '@plinth/testing';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../src/index.ts';
import { type Caller, openTestHost, type TestResponse } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { useListeningHost } from './listening-host.ts';

const host = useListeningHost();

// Each test has its own tenant.
let subject = createPrincipal();
let caller: Caller;
beforeEach(async () => {
  subject = createPrincipal();
  caller = await host.current.as(subject);
});

let created = 0;
const createBody = (overrides: object = {}) => {
  created += 1;
  return { name: `keyed ${created}`, grams: 1, ...overrides };
};
const withKey = (key: string) => ({ 'idempotency-key': key });
const create = (body: unknown, key: string): Promise<TestResponse> => caller.post('/v1/things', body, withKey(key));
const remove = (id: string, key?: string, version = 1): Promise<TestResponse> =>
  caller.send({
    method: 'DELETE',
    url: `/v1/things/${id}`,
    headers: { 'if-match': `"${version}"`, ...(key !== undefined && withKey(key)) },
  });

/** Returns the part of a response that a replay repeats. */
const toComparable = ({ status, text, headers }: TestResponse) => {
  const { 'x-request-id': _, 'idempotency-replayed': __, date: ___, ...rest } = headers;
  return { status, text, headers: rest };
};
const isReplayed = ({ headers }: TestResponse) => headers['idempotency-replayed'] === 'true';

const { store } = fakeDatabase({});

/** Opens a host whose greetings have this body. All of them share a database, as releases do. */
const openGreeter = async (body: z.ZodType): Promise<Caller> => {
  const greeting = { method: 'POST', path: '/v1/greetings', summary: 'Greet', auth: 'authenticated' } as const;
  const responses = { 201: z.object({ text: z.string() }) };
  const module = defineModule({
    name: 'greetings',
    contracts: [
      defineContract('greetings', {
        permissions: {},
        routes: { greet: defineRoute({ ...greeting, body, responses }) },
      }),
    ],
    collections: {},
    actions: { greet: () => async () => ({ text: 'Hello' }) },
  });
  const datastore: Datastore = { ...fakeDatastore(), open: () => store as never };
  const opened = await openTestHost({ modules: [module], datastore });
  onTestFinished(() => opened.close());
  return opened.as(subject);
};

describe('a repeated request with an idempotency key', () => {
  it('replays status, headers and body, and has one effect', async () => {
    const body = createBody({ name: 'Bäckerei "Öl" \u{1F600} \u2028' });
    const first = await create(body, 'k1');
    expect(first).toMatchObject({ status: 201, headers: { etag: '"1"', location: `/v1/things/${first.body.id}` } });
    const second = await create(body, 'k1');
    expect([isReplayed(first), isReplayed(second)]).toEqual([false, true]);
    expect(toComparable(second)).toEqual(toComparable(first));
  });

  it('replays over a connection, where its body is read again', async () => {
    const body = JSON.stringify(createBody());
    const headers = { authorization: host.authorization, 'content-type': 'application/json', ...withKey('k') };
    const post = () => fetch(`${host.url}/v1/things`, { method: 'POST', body, headers });
    const [first, second] = [await post(), await post()];
    expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
    expect(await second.text()).toBe(await first.text());
  });

  it('returns 422 with another body, and writes nothing', async () => {
    await create(createBody(), 'k');
    const other = createBody();
    expect(await create(other, 'k')).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
    // The name is still free.
    expect((await create(other, 'another')).status).toBe(201);
  });

  it('returns 422 on another path', async () => {
    const [{ body: one }, { body: two }] = [await create(createBody(), 'a'), await create(createBody(), 'b')];
    const first = await remove(one.id, 'k');
    expect(first).toMatchObject({ status: 204, text: '' });
    const again = await remove(one.id, 'k');
    expect([toComparable(again), isReplayed(again)]).toEqual([toComparable(first), true]);
    expect(await remove(two.id, 'k')).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
    expect((await caller.get(`/v1/things/${two.id}`)).status).toBe(200);
  });

  it('replays for equal JSON in another form', async () => {
    const body = createBody();
    const first = await create(body, 'k');
    const reordered = { grams: body.grams, name: body.name };
    expect((await create(reordered, 'k')).text).toBe(first.text);
    expect(await create({ ...body, unknown: true }, 'k')).toMatchObject({ status: 422 });
  });

  it('replays after a release that adds a default to its body', async () => {
    const before = await openGreeter(z.object({ name: z.string() }));
    const after = await openGreeter(z.object({ name: z.string(), greeting: z.string().default('Hello') }));
    const greet = (greeter: Caller) => greeter.post('/v1/greetings', { name: 'Ada' }, withKey('k'));
    const first = await greet(before);
    const second = await greet(after);
    expect([first.status, isReplayed(first), second.status, isReplayed(second)]).toEqual([201, false, 201, true]);
  });

  it('race: has one effect and one response when it is sent fifty times concurrently', async () => {
    const body = createBody();
    const responses = await Promise.all(Array.from({ length: 50 }, () => create(body, 'same')));
    expect(new Set(responses.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(responses.filter((response) => !isReplayed(response))).toHaveLength(1);
  });

  it('race: has one effect, and the other bodies get 422, when they are sent concurrently', async () => {
    const responses = await Promise.all(Array.from({ length: 10 }, () => create(createBody(), 'same')));
    const statuses = responses.map(({ status }) => status).toSorted((left, right) => left - right);
    expect(statuses).toEqual([201, ...Array(9).fill(422)]);
  });
});

describe('an idempotency key', () => {
  it.each([
    ['empty', ''],
    ['empty in quotes', '""'],
    ['longer than 255 characters', 'x'.repeat(256)],
    ['longer than 255 characters in quotes', `"${'x'.repeat(256)}"`],
    ['an open quote', '"abc'],
    ['text after the quote', '"abc"def'],
    ['outside of ASCII', 'käy'],
    ['a tab', 'a\tb'],
    ['DEL', 'a\u007fb'],
  ])('boundary: is rejected when it is %s, and nothing is written', async (_what, key) => {
    const body = createBody();
    expect(await create(body, key)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ location: 'header', pointer: '/idempotency-key' }] },
    });
    expect((await create(body, 'good')).status).toBe(201);
  });

  it('boundary: is rejected when it is sent twice', async () => {
    const twice = { 'idempotency-key': ['a', 'b'] } as unknown as Record<string, string>;
    expect(await caller.post('/v1/things', createBody(), twice)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('is sent twice') },
    });
  });

  it.each([
    ['one character', '!', '!'],
    ['255 characters', 'x'.repeat(255), `"${'x'.repeat(255)}"`],
    ['spaces inside', 'a b', '"a b"'],
    ['quotes and backslashes', 'k "1" \\', '"k \\"1\\" \\\\"'],
  ])('boundary: may be %s, and is the same bare and quoted', async (_what, bare, quoted) => {
    const body = createBody();
    const first = await create(body, bare);
    expect(first.status).toBe(201);
    expect((await create(body, quoted)).text).toBe(first.text);
  });

  it('belongs to one tenant, one subject and one route', async () => {
    const body = createBody();
    const { body: first } = await create(body, 'k');
    const post = async (owner: typeof subject) => (await host.current.as(owner)).post('/v1/things', body, withKey('k'));
    // The request of a colleague is executed, and finds the name taken; in another tenant the name is free.
    expect(await post({ ...subject, id: createId() })).toMatchObject({ status: 409, body: { code: 'name-taken' } });
    const foreign = await post(createPrincipal());
    expect(foreign.status).toBe(201);
    expect(foreign.body.id).not.toBe(first.id);
    expect((await remove(first.id, 'k')).status).toBe(204);
  });

  it('is required by a POST, unless its contract says that a repetition is refused', async () => {
    expect(await caller.post('/v1/payments', createBody())).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', detail: expect.stringContaining('is required here: send a new random key') },
    });
    expect((await caller.post('/v1/payments', createBody(), withKey('k'))).status).toBe(201);
  });

  it('is ignored by a GET', async () => {
    const { body } = await create(createBody(), 'k');
    expect((await caller.get(`/v1/things/${body.id}`, withKey(''))).status).toBe(200);
  });
});

describe('a failed request with an idempotency key', () => {
  it('leaves its key unused when it was never valid', async () => {
    expect((await create({ name: '' }, 'k')).status).toBe(400);
    expect((await create('no JSON', 'k')).status).toBe(415);
    const viewer = await host.current.as({ ...subject, roles: ['viewer'] });
    expect((await viewer.post('/v1/things', createBody(), withKey('k'))).status).toBe(403);
    expect((await create(createBody(), 'k')).status).toBe(201);
  });

  it('replays the error of its action, even when the action would now succeed', async () => {
    const body = createBody();
    const holder = await create(body, 'first');
    const refused = await create(body, 'second');
    expect(refused).toMatchObject({ status: 409, body: { code: 'name-taken' } });
    await remove(holder.body.id);
    const again = await create(body, 'second');
    expect([toComparable(again), isReplayed(again)]).toEqual([toComparable(refused), true]);
    expect(await create(createBody(), 'second')).toMatchObject({ status: 422 });
  });

  it('is executed again after a stale or a missing version, because a corrected request has the same key', async () => {
    const { body } = await create(createBody(), 'create');
    const refused = await remove(body.id, 'k', 7);
    expect(refused).toMatchObject({ status: 412, body: { code: 'stale-version' } });
    const missing = await caller.send({ method: 'DELETE', url: `/v1/things/${body.id}`, headers: withKey('k') });
    expect(missing).toMatchObject({ status: 428, body: { code: 'precondition-required' } });
    const corrected = await remove(body.id, 'k');
    expect([corrected.status, isReplayed(corrected)]).toEqual([204, false]);
    // The version is stale now, but the response was lost: the repetition receives it.
    const again = await remove(body.id, 'k');
    expect([again.status, isReplayed(again)]).toEqual([204, true]);
  });

  it.each([
    ['crash', 500],
    ['unavailable', 503],
  ])('is executed again after a failure of the server: %s', async (cause, status) => {
    const fail = () => caller.send({ method: 'POST', url: `/v1/failures/${cause}`, headers: withKey('k') });
    const responses = [await fail(), await fail()];
    expect(responses.map((response) => [response.status, isReplayed(response)])).toEqual([
      [status, false],
      [status, false],
    ]);
  });
});
