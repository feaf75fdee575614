import { anId, aPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore, thingsModule } from './things.ts';

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }), {
  covers: 'createThing',
});
const owner = aPrincipal();

describe('a bad request', () => {
  it('names every bad field with its place, and changes nothing', async () => {
    const caller = await host.current.as(owner);
    const answer = await caller.post('/v1/things', { name: '', grams: 'heavy' });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({
      type: 'http://test.example/errors/common/invalid-request',
      code: 'invalid-request',
      instance: '/v1/things',
      errors: [
        { pointer: '/name', location: 'body', code: 'too-small' },
        { pointer: '/grams', location: 'body', code: 'invalid-type' },
      ],
    });
    expect(answer.body.detail).toMatch(/^body\/name: .*\.$/);
    expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
  });

  it('names a body that is no object by the empty pointer', async () => {
    const answer = await (await host.current.as(owner)).post('/v1/things', ['a']);
    expect(answer.body.errors).toMatchObject([{ pointer: '', location: 'body' }]);
  });

  it('names each unknown query parameter', async () => {
    const answer = await (await host.current.as(owner)).get(`/v1/things/${anId()}?a=1&b=2`);
    expect(answer.body.errors).toMatchObject([
      { pointer: '/a', location: 'query', code: 'unknown-field' },
      { pointer: '/b', location: 'query', code: 'unknown-field' },
    ]);
  });

  it('echoes no value that was sent', async () => {
    const answer = await (await host.current.as(owner)).post('/v1/things', { name: 7, grams: 'marker-value' });
    expect(answer.text).not.toContain('marker-value');
  });

  it('is malformed JSON, too large, or of another type', async () => {
    const caller = await host.current.as(owner);
    const json = { 'content-type': 'application/json' };
    expect(await caller.post('/v1/things', '{"name":', json)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
    expect((await caller.post('/v1/things', { name: 'x'.repeat(256 * 1024) })).status).toBe(413);
    expect((await caller.post('/v1/things', 'name', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('is refused after the credential and the permission', async () => {
    const bad = { nonsense: true };
    expect((await host.current.anonymous.post('/v1/things', bad)).status).toBe(401);
    expect((await (await host.current.as({ ...owner, roles: ['viewer'] })).post('/v1/things', bad)).status).toBe(403);
  });

  it('leaves the good ones alone', async () => {
    const caller = await host.current.as(owner);
    expect((await caller.post('/v1/things', { name: 'a', grams: 1 })).status).toBe(201);
    expect((await caller.post('/v1/things', { name: 'a', grams: 1 })).status).toBe(409);
    expect((await caller.post('/v1/things', { name: 'b', grams: 2000 })).status).toBe(422);
  });
});
