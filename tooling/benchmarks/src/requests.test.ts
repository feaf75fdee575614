import { describe, expect, it } from 'vitest';
import { assertResponse, createExchanges } from './requests.ts';

const ids = ['a', 'b'];

describe('requests', () => {
  it('get the users in turn', () => {
    const next = createExchanges('get', ids);
    expect([next().path, next().path, next().path]).toEqual(['/v1/users/a', '/v1/users/b', '/v1/users/a']);
  });

  it('never post an email address twice', () => {
    const next = createExchanges('post', []);
    expect(next().body).not.toBe(next().body);
  });
});

it.each([
  ['another status', 404, '{"id":"a"}'],
  ['another user', 200, '{"id":"b"}'],
])('a response with %s is an error', (_, status, body) => {
  const exchange = createExchanges('get', ids)();
  expect(() => assertResponse(exchange, { status, body })).toThrow(`GET /v1/users/a returned ${status}`);
  expect(() => assertResponse(exchange, { status: 200, body: '{"id":"a","version":1}' })).not.toThrow();
});
