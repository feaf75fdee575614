import { anId, aPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { listErrors } from '../src/index.ts';
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
    expect(await lonely.anonymous.get(url)).toMatchObject({ status: 200, body: { status: 'live' } });
    await lonely.close();
  });

  it('is ready when all that is needed is there', async () => {
    expect(await host.current.anonymous.get('/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it.each([
    ['missing', down],
    ['silent', hangs],
  ])('is not ready, and names it, when what is required is %s', async (_, check) => {
    const lonely = await hostWith({ mongodb: { required: true, check }, redis: { required: false, check: up } });
    expect(await lonely.anonymous.get('/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', missing: ['mongodb'] },
    });
    await lonely.close();
  });

  it('is ready and degraded when what is optional is missing', async () => {
    const lonely = await hostWith({ mongodb: { required: true, check: up }, redis: { required: false, check: down } });
    expect(await lonely.anonymous.get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ready', degraded: ['redis'] },
    });
    await lonely.close();
  });

  it('is not ready while it drains', async () => {
    const leaving = await hostWith({});
    leaving.drain();
    expect(await leaving.anonymous.get('/health/ready')).toMatchObject({
      status: 503,
      body: { missing: ['draining'] },
    });
    await leaving.close();
  });
});

describe('what has no route', () => {
  it.each([
    ['GET', '/v1/nothing'],
    ['GET', '/errors/things/nothing'],
    ['GET', '/errors/__proto__/constructor'],
  ])('is not found: %s %s', async (method, url) => {
    expect((await host.current.anonymous.send({ method, url })).status).toBe(404);
  });

  it.each([
    ['PUT', '/v1/things', 'POST'],
    ['HEAD', '/v1/things', 'POST'],
    ['POST', '/v1/things/019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d', 'DELETE, GET, HEAD'],
    ['OPTIONS', '/v1/things', 'POST'],
    ['TRACE', '/v1/things', 'POST'],
    ['PROPFIND', '/v1/things', 'POST'],
    ['DELETE', '/health', 'GET, HEAD'],
  ])('has a method that the path does not take: %s %s', async (method, url, allow) => {
    const answer = await host.current.anonymous.send({ method, url });
    expect([answer.status, answer.headers['allow']]).toEqual([405, allow]);
    if (method !== 'HEAD') expect(answer.body).toMatchObject({ code: 'method-not-allowed' });
  });

  it.each(['PUT', 'DELETE'])(
    'has a method that only a template takes: %s on a path with a name of its own',
    async (method) => {
      const answer = await host.current.anonymous.send({ method, url: '/v1/things/named' });
      expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD']);
      expect((await host.current.anonymous.get(new URL(answer.body.type).pathname)).status).toBe(200);
    },
  );

  it('is not found with the problem of its own path, without the query', async () => {
    const { body } = await host.current.anonymous.get('/v1/nothing?token=marker');
    expect(body).toMatchObject({ code: 'not-found', instance: '/v1/nothing' });
  });

  it.each(['/v1/%', '/v1/%zz'])('is a bad request for the malformed URL %s', async (url) => {
    expect(await host.current.anonymous.get(url)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});

describe('error pages', () => {
  it('stand where the type of a problem points to', async () => {
    const { body } = await host.current.anonymous.get(`/v1/things/${anId()}`);
    const page = await host.current.anonymous.get(new URL(body.type).pathname);
    expect(page.status).toBe(200);
    expect(page.text).toContain('# unauthenticated');
  });

  it('exist for every error that a route declares', async () => {
    for (const { domain, code } of listErrors([thingsContract])) {
      // oxlint-disable-next-line no-await-in-loop -- the first failure should name its error
      expect((await host.current.anonymous.get(`/errors/${domain}/${code}`)).status).toBe(200);
    }
  });
});

describe('compiled answers', () => {
  it('are the very bytes of checked ones', async () => {
    const compiled = await openTestHost({
      modules: [thingsModule],
      datastore: fakeDatastore(),
      serialization: 'compiled',
    });
    const subject = aPrincipal();
    const made = await (await compiled.as(subject)).post('/v1/things', { name: 'Ω "quoted" \u2028 \\ 🦉', grams: 1.5 });
    expect(made.body).toMatchObject({ name: 'Ω "quoted" \u2028 \\ 🦉', grams: 1.5 });
    const leak = await (await compiled.as(subject)).post('/v1/failures/leak', undefined);
    expect(leak.status).toBe(200);
    expect(leak.text).not.toContain('leak-marker');
    await compiled.close();
  });
});
