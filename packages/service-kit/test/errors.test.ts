import { commonErrors, getDeclaredErrors } from '@plinth/contract-kit';
import { createId, createPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { listErrors } from '../src/index.ts';
import { openTestHost, useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { datastoreErrors, thingsContract, thingsModule } from './things.ts';

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));

describe('a path without a route', () => {
  it.each(['/v1/nothing', '/v1/things/', '/errors/things/nothing', '/errors/__proto__/constructor'])(
    'returns 404: %s',
    async (url) => {
      expect(await host.current.anonymous.get(url)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    },
  );

  it('returns a problem of its path, without the query', async () => {
    const { body } = await host.current.anonymous.get('/v1/nothing?token=canary');
    expect(body).toMatchObject({ code: 'not-found', instance: '/v1/nothing' });
  });

  it.each(['/v1/%', '/v1/%zz', '/v1/things/%zz'])('returns 400 when it is malformed: %s', async (url) => {
    expect(await host.current.anonymous.get(`${url}?a=1`)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', detail: 'The URL is malformed.', instance: url },
    });
  });

  it('returns 404 for the path to which a malformed one is routed', async () => {
    expect((await host.current.anonymous.get('/malformed')).status).toBe(404);
  });
});

describe('a long segment of a path', () => {
  const url = `/v1/things/${'x'.repeat(10_000)}`;

  it('is refused after authentication, as any invalid id', async () => {
    expect((await host.current.anonymous.get(url)).status).toBe(401);
    expect(await (await host.current.as(createPrincipal())).get(url)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/id', location: 'params', message: 'must be a UUIDv7' }] },
    });
  });
});

describe('a method without a route', () => {
  it.each([
    ['PUT', '/v1/things', 'POST'],
    ['HEAD', '/v1/things', 'POST'],
    ['POST', `/v1/things/${createId()}`, 'DELETE, GET, HEAD'],
    ['OPTIONS', '/v1/things', 'POST'],
    ['TRACE', '/v1/things', 'POST'],
    ['PROPFIND', '/v1/things', 'POST'],
    ['DELETE', '/health', 'GET, HEAD'],
    // Routes with parameters have these methods, and this path has a route of its own.
    ['PUT', '/v1/things/named', 'GET, HEAD'],
    ['DELETE', '/v1/things/named', 'GET, HEAD'],
  ])('returns 405 with the allowed methods: %s %s', async (method, url, allow) => {
    const response = await host.current.anonymous.send({ method, url });
    expect([response.status, response.headers['allow']]).toEqual([405, allow]);
    if (method === 'HEAD') return;
    expect(response.body).toMatchObject({ code: 'method-not-allowed' });
    expect((await host.current.anonymous.get(new URL(response.body.type).pathname)).status).toBe(200);
  });
});

// A route declares them by its method, and its own tests need no case of them.
it.each(datastoreErrors)('an error of the datastore is a declared response of every write: %s', async (name) => {
  const { code, status } = commonErrors[name].spec;
  const caller = await host.current.as(createPrincipal());
  expect(await caller.post(`/v1/failures/${name}`, undefined)).toMatchObject({ status, body: { code } });
});

describe('an error page', () => {
  it('is at the address that the type of a problem names', async () => {
    const { body } = await host.current.anonymous.get(`/v1/things/${createId()}`);
    const page = await host.current.anonymous.get(new URL(body.type).pathname);
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('# unauthenticated') });
  });

  it('exists for every error of a route', async () => {
    const urls = listErrors([thingsContract]).map(({ domain, code }) => `/errors/${domain}/${code}`);
    const pages = await Promise.all(urls.map(async (url) => [url, (await host.current.anonymous.get(url)).status]));
    expect(pages).toEqual(urls.map((url) => [url, 200]));
  });
});

describe('a response that the contract does not declare', () => {
  const fail = async (cause: string, undeclared: 'send' | 'refuse' = 'refuse') => {
    const failing = await openTestHost({ modules: [thingsModule], datastore: fakeDatastore(), undeclared });
    const response = await (await failing.as(createPrincipal())).post(`/v1/failures/${cause}`, undefined);
    const result = { response, faults: await failing.faults(), log: failing.lines.lines.join('\n') };
    await failing.close();
    return result;
  };
  const internal = { status: 500, body: { code: 'internal' } };

  it('is replaced and reported in tests when its error is undeclared', async () => {
    const { response, faults } = await fail('undeclared');
    expect(response).toMatchObject(internal);
    expect(faults).toEqual([expect.stringContaining('POST /v1/failures/:cause returned 409 undeclared')]);
  });

  it('is sent and reported in production when its error is undeclared', async () => {
    const { response, faults } = await fail('undeclared', 'send');
    expect(response).toMatchObject({ status: 409, body: { code: 'undeclared' } });
    expect(faults).toHaveLength(1);
  });

  it.each([
    ['has an undeclared field', 'leak', 'sends /secretSauce, which its contract does not declare'],
    ['lacks a field, or has one of another type', 'wrong', 'sends a response that its schema refuses'],
  ])('is replaced, reported and logged when it %s', async (_when, cause, fault) => {
    const { response, faults, log } = await fail(cause);
    expect(response).toMatchObject(internal);
    expect(response.text).not.toContain('leak-canary');
    expect(faults).toEqual([expect.stringContaining(fault)]);
    expect(log).toContain(fault);
  });

  it('is sent without the undeclared field in production, where responses are compiled', async () => {
    const compiled = await openTestHost({
      modules: [thingsModule],
      datastore: fakeDatastore(),
      serialization: 'compiled',
    });
    const response = await (await compiled.as(createPrincipal())).post('/v1/failures/leak', undefined);
    expect(response).toMatchObject({ status: 200, text: expect.not.stringContaining('leak-canary') });
    await compiled.close();
  });

  it('is 500 after an unexpected error, whose cause is only in the log', async () => {
    const { response, log } = await fail('crash');
    expect(response).toMatchObject(internal);
    expect(response.text).not.toContain('crash-canary');
    expect(log).toContain('crash-canary');
    expect(log).not.toContain('ada@acme.example');
  });

  it('is declared as outcome-unknown by every write and by no read', () => {
    const declaring = Object.entries(thingsContract.routes).flatMap(([name, route]) =>
      getDeclaredErrors(route).includes(commonErrors.outcomeUnknown.spec) ? [[name, route.method !== 'GET']] : [],
    );
    const writes = Object.entries(thingsContract.routes).filter(([, { method }]) => method !== 'GET');
    expect(declaring).toEqual(writes.map(([name]) => [name, true]));
  });

  it('is not reported for an error that every route may send', async () => {
    const { response, faults } = await fail('unavailable');
    expect(response).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
      body: { code: commonErrors.unavailable.spec.code },
    });
    expect(faults).toEqual([]);
  });
});
