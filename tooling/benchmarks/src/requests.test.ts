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

  it('patch a user with the version that the last change has left, one change at a time', () => {
    const next = createExchanges('patch', ids);
    const [first, second] = [next(), next()];
    expect([first.path, second.path]).toEqual(['/v1/users/a', '/v1/users/b']);
    expect(next).toThrow('More PATCH requests are in flight than there are users.');
    assertResponse(second, { status: 200, body: '{"id":"b","version":2,"name":"Ada Lovelace 1"}' });
    const third = next();
    expect([third.path, third.headers?.['if-match']]).toEqual(['/v1/users/b', '"2"']);
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
