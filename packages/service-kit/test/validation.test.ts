import { createId, createPrincipal } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Caller, useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }), {
  covers: 'createThing',
});
const owner = createPrincipal();
let caller: Caller;
beforeAll(async () => {
  caller = await host.current.as(owner);
});
const create = (body: unknown) => caller.post('/v1/things', body);

describe('an invalid request', () => {
  it('gets a problem that names every invalid field', async () => {
    const response = await create({ name: '', grams: 'heavy' });
    expect(response.status).toBe(400);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(response.body).toMatchObject({
      type: 'http://test.example/errors/common/invalid-request',
      code: 'invalid-request',
      instance: '/v1/things',
      detail: expect.stringMatching(/^body\/name: .*\.$/),
      requestId: response.headers['x-request-id'],
      errors: [
        { pointer: '/name', location: 'body', code: 'too-small', message: 'must have at least 1 character' },
        { pointer: '/grams', location: 'body', code: 'invalid-type', message: 'must be a number' },
      ],
      fix: 'Correct the fields that `errors` names, and send the request again.',
    });
  });

  it('names a missing field', async () => {
    expect((await create({ grams: 1 })).body.errors).toEqual([
      { pointer: '/name', location: 'body', code: 'invalid-type', message: 'is required' },
    ]);
  });

  it('names a repeated query parameter', async () => {
    const response = await caller.get('/v1/thing-list?limit=1&limit=2');
    expect(response.body).toMatchObject({
      detail: 'query/limit: must be sent only once.',
      errors: [{ pointer: '/limit', location: 'query', code: 'repeated-parameter', message: 'must be sent only once' }],
    });
  });

  it('escapes the names of fields in pointers', async () => {
    expect((await caller.get(`/v1/things/${createId()}?a%2Fb~c=1`)).body.errors).toMatchObject([
      { pointer: '/a~1b~0c', message: "'a/b~c' is not a parameter of this route" },
    ]);
  });

  it('has the empty pointer for a body that is not an object', async () => {
    expect((await create(['a'])).body.errors).toMatchObject([{ pointer: '', location: 'body' }]);
  });

  it('boundary: names the first 20 faults of a request with more', async () => {
    const readWith = async (count: number) => {
      const query = Array.from({ length: count }, (_, index) => `p${index}=1`).join('&');
      return (await caller.get(`/v1/things/${createId()}?${query}`)).body;
    };
    const most = await readWith(20);
    expect(most.errors).toHaveLength(20);
    expect(most.detail).not.toContain('`errors`');
    const more = await readWith(21);
    expect(more.errors).toHaveLength(20);
    expect(more.detail).toContain('`errors` names the first 20 of 21.');
    expect((await readWith(1500)).detail, 'the parameters after the first 100 are not parsed').toContain('20 of 100.');
  });

  it('names each unknown query parameter', async () => {
    expect((await caller.get(`/v1/things/${createId()}?a=1&b=2`)).body.errors).toMatchObject([
      { pointer: '/a', location: 'query', code: 'unknown-field' },
      { pointer: '/b', location: 'query', code: 'unknown-field' },
    ]);
  });

  it('gets no received value back', async () => {
    expect((await create({ name: 7, grams: 'canary-value' })).text).not.toContain('canary-value');
  });

  it('is refused after the credential and the permission', async () => {
    const invalid = { nonsense: true };
    expect((await host.current.anonymous.post('/v1/things', invalid)).status).toBe(401);
    const viewer = await host.current.as({ ...owner, roles: ['viewer'] });
    expect((await viewer.post('/v1/things', invalid)).status).toBe(403);
    expect((await create(invalid)).status).toBe(400);
  });
});

describe('a valid request', () => {
  it('gets the declared responses of its operation', async () => {
    const responses = [await create({ name: 'a', grams: 1 }), await create({ name: 'a', grams: 1 })];
    expect(responses.map(({ status }) => status)).toEqual([201, 409]);
    expect((await caller.post('/v1/things', 'name', { 'content-type': 'text/plain' })).status).toBe(415);
    const keyed = (body: object) => caller.post('/v1/things', body, { 'idempotency-key': 'k' });
    expect((await keyed({ name: 'b', grams: 1 })).status).toBe(201);
    expect((await keyed({ name: 'c', grams: 1 })).status).toBe(422);
  });

  it('gets the declared data of an error', async () => {
    expect(await create({ name: 'anvil', grams: 1001 })).toMatchObject({
      status: 422,
      body: { code: 'too-heavy', data: { maxGrams: 1000 }, fix: 'Make it lighter.' },
    });
  });
});
