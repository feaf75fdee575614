import { anId, aPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { errorsOf, openApiOf } from '../src/index.ts';
import { openTestHost, useTestHost } from '../src/testing/index.ts';
import { fakeDatastore, thingsContract, thingsModule } from './things.ts';

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));

const hostWith = (checks: Readonly<Record<string, { required: boolean; check: () => Promise<void> }>>) =>
  openTestHost({
    modules: [thingsModule],
    datastore: fakeDatastore(),
    dependencies: Object.entries(checks).map(([name, rest]) => ({ name, ...rest })),
  });

const up = () => Promise.resolve();
const down = () => Promise.reject(new Error('down'));
const hangs = () => new Promise<void>(() => undefined);

describe('health', () => {
  it.each(['/health', '/health/live'])('says live at %s without asking anybody', async (url) => {
    const lonely = await hostWith({ mongodb: { required: true, check: down } });
    expect(await lonely.nobody.get(url)).toMatchObject({ status: 200, body: { status: 'live' } });
    await lonely.close();
  });

  it('is ready when all that is needed is there', async () => {
    expect(await host.current.nobody.get('/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it.each([
    ['missing', down],
    ['silent', hangs],
  ])('is not ready, and names it, when what is required is %s', async (_, check) => {
    const lonely = await hostWith({ mongodb: { required: true, check }, redis: { required: false, check: up } });
    expect(await lonely.nobody.get('/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', missing: ['mongodb'] },
    });
    await lonely.close();
  });

  it('is ready and degraded when what is optional is missing', async () => {
    const lonely = await hostWith({ mongodb: { required: true, check: up }, redis: { required: false, check: down } });
    expect(await lonely.nobody.get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ready', degraded: ['redis'] },
    });
    await lonely.close();
  });

  it('is not ready while it drains', async () => {
    const leaving = await hostWith({});
    leaving.drain();
    expect(await leaving.nobody.get('/health/ready')).toMatchObject({ status: 503, body: { missing: ['draining'] } });
    await leaving.close();
  });
});

describe('what has no route', () => {
  it.each([
    ['GET', '/v1/nothing'],
    ['GET', '/errors/things/nothing'],
    ['GET', '/errors/__proto__/constructor'],
  ])('is not found: %s %s', async (method, url) => {
    expect((await host.current.nobody.send({ method, url })).status).toBe(404);
  });

  it.each([
    ['PUT', '/v1/things', 'POST'],
    ['HEAD', '/v1/things', 'POST'],
    ['POST', '/v1/things/019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d', 'DELETE, GET'],
    ['OPTIONS', '/v1/things', 'POST'],
    ['TRACE', '/v1/things', 'POST'],
    ['PROPFIND', '/v1/things', 'POST'],
    ['DELETE', '/health', 'GET'],
  ])('has a method that the path does not take: %s %s', async (method, url, allow) => {
    const answer = await host.current.nobody.send({ method, url });
    expect([answer.status, answer.headers['allow']]).toEqual([405, allow]);
    if (method !== 'HEAD') expect(answer.body).toMatchObject({ code: 'method-not-allowed' });
  });

  it.each(['PUT', 'DELETE'])(
    'has a method that only a template takes: %s on a path with a name of its own',
    async (method) => {
      const answer = await host.current.nobody.send({ method, url: '/v1/things/named' });
      expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET']);
      expect((await host.current.nobody.get(new URL(answer.body.type).pathname)).status).toBe(200);
    },
  );

  it('is not found with the problem of its own path, without the query', async () => {
    const { body } = await host.current.nobody.get('/v1/nothing?token=marker');
    expect(body).toMatchObject({ code: 'not-found', instance: '/v1/nothing' });
  });

  it.each(['/v1/%', '/v1/%zz'])('is a bad request for the malformed URL %s', async (url) => {
    expect(await host.current.nobody.get(url)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});

describe('error pages', () => {
  it('stand where the type of a problem points to', async () => {
    const { body } = await host.current.nobody.get(`/v1/things/${anId()}`);
    const page = await host.current.nobody.get(new URL(body.type).pathname);
    expect(page.status).toBe(200);
    expect(page.text).toContain('# unauthenticated');
  });

  it('exist for every error that a route declares', async () => {
    for (const { domain, code } of errorsOf([thingsContract])) {
      expect((await host.current.nobody.get(`/errors/${domain}/${code}`)).status).toBe(200);
    }
  });
});

describe('the reference', () => {
  it('has every route with its security, permission and errors', async () => {
    const { body } = await host.current.nobody.get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const create = body.paths['/v1/things'].post;
    expect(create).toMatchObject({
      operationId: 'createThing',
      security: [{ bearer: [] }],
      'x-permission': 'things:write',
    });
    expect(Object.keys(create.responses)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '406',
      '408',
      '409',
      '413',
      '415',
      '422',
      '429',
      '431',
      '500',
      '503',
      '504',
    ]);
    expect(body.paths['/v1/ping'].get.security).toEqual([]);
    expect(body.paths['/v1/things/{id}'].get.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true },
      { name: 'If-None-Match', in: 'header', required: false },
    ]);
  });

  it('refers only to schemas that it has', async () => {
    const { text, body } = await host.current.nobody.get('/openapi.json');
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(body.components.schemas).toHaveProperty(String(name));
  });

  it('is the same for the same contracts', () => {
    expect(openApiOf('a', [thingsContract])).toEqual(openApiOf('a', [thingsContract]));
  });
});

describe('compiled answers', () => {
  it('are the very bytes of checked ones', async () => {
    const compiled = await openTestHost({ modules: [thingsModule], datastore: fakeDatastore(), answers: 'compiled' });
    const subject = aPrincipal();
    const made = await (await compiled.as(subject)).post('/v1/things', { name: 'Ω "quoted" \u2028 \\ 🦉', grams: 1.5 });
    expect(made.body).toMatchObject({ name: 'Ω "quoted" \u2028 \\ 🦉', grams: 1.5 });
    const leak = await (await compiled.as(subject)).post('/v1/failures/leak', undefined);
    expect(leak.status).toBe(200);
    expect(leak.text).not.toContain('leak-marker');
    await compiled.close();
  });
});
