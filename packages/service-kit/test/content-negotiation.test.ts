import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createPrincipal } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Caller, useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));
const subject = createPrincipal();
let caller: Caller;
let authorization: string;
beforeAll(async () => {
  caller = await host.current.as(subject);
  authorization = `Bearer ${await host.current.signToken(subject)}`;
});

describe('the Accept header', () => {
  it.each([
    ['text/html', 406],
    ['application/json;q=0', 406],
    ['application/json;q=0, */*', 406],
    ['application/*;q=0', 406],
    ['image/png, text/*', 406],
    ['*/*', 200],
    ['application/*', 200],
    ['application/json; charset=utf-8', 200],
    ['text/html, application/json;q=0.1', 200],
    ['text/html, */*;q=0.1', 200],
    ['APPLICATION/JSON', 200],
    ['', 200],
  ])('%j results in %i', async (accept, status) => {
    const response = await host.current.anonymous.get('/v1/ping', { accept });
    expect(response.status).toBe(status);
    if (status === 406) expect(response.body).toMatchObject({ code: 'not-acceptable' });
  });

  it('that a stream does not match is refused with its type', async () => {
    const { status, body } = await caller.get('/v1/thing-stream', { accept: 'application/json' });
    expect([status, body.fix]).toEqual([406, 'Send `Accept: application/x-ndjson`, or no `Accept` at all.']);
  });

  it('integrity: is checked before the effect', async () => {
    const body = { name: 'not acceptable', grams: 1 };
    expect((await caller.post('/v1/things', body, { accept: 'text/html' })).status).toBe(406);
    expect((await caller.post('/v1/things', body)).status).toBe(201);
  });
});

describe('a response of more than 1 KiB', () => {
  const get = async (url: string, coding?: string) => {
    const headers = { authorization, ...(coding !== undefined && { 'accept-encoding': coding }) };
    const { headers: sent, rawPayload } = await host.current.server.inject({ url, headers });
    return { coding: sent['content-encoding'], vary: sent['vary'], payload: rawPayload };
  };

  it.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['gzip, br', 'br'],
    ['gzip, br;q=0.5', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'gzip'],
    ['identity', undefined],
    ['deflate', undefined],
    ['br;q=0, gzip;q=0', undefined],
    [undefined, undefined],
  ])('for %j is sent as %j', async (accepted, coding) => {
    const response = await get('/v1/long', accepted);
    expect(response).toMatchObject({ coding, vary: coding && 'accept-encoding' });
    const { payload } = response;
    const plain = coding === 'br' ? brotliDecompressSync(payload) : coding === 'gzip' ? gunzipSync(payload) : payload;
    expect(JSON.parse(plain.toString())).toEqual({ text: 'long '.repeat(400) });
  });

  it('boundary: is not compressed when it is shorter, or holds a secret', async () => {
    expect((await get('/v1/ping', 'br')).coding).toBeUndefined();
    const secret = await get('/v1/long-secret', 'br');
    expect(secret.payload.length).toBeGreaterThan(1024);
    expect(secret.coding).toBeUndefined();
  });
});
