import { expect, it } from 'vitest';
import { lists, operationsOf, type Reference, withStreamsAsArrays } from './reference.ts';

const line = { type: 'object' };
const reference: Reference = {
  paths: {
    '/v1/orders': {
      get: { parameters: [{ name: 'cursor', in: 'query' }], responses: {} },
      post: { parameters: [{ name: 'Idempotency-Key', in: 'header' }], responses: {} },
    },
    '/v1/orders/{id}': { get: { responses: {} } },
    '/v1/orders/export': {
      get: {
        responses: {
          200: { content: { 'application/x-ndjson': { schema: { type: 'string' }, 'x-item-schema': line } } },
        },
      },
    },
    '/v1/orders/{id}/lines': { get: { responses: {} } },
    '/v1/users/me': { get: { responses: {} } },
  },
};

it('names every operation', () => {
  expect(operationsOf(reference)).toHaveLength(6);
  expect(operationsOf(reference)[1]).toMatchObject({ method: 'POST', path: '/v1/orders' });
});

it('knows a list by its cursor', () => {
  expect(lists(reference)).toMatchObject([{ method: 'GET', path: '/v1/orders' }]);
});

it('has all lines of a stream for an array, and leaves the rest as it is', () => {
  const { paths } = withStreamsAsArrays(reference);
  expect(paths['/v1/orders/export']).toEqual({
    get: { responses: { 200: { content: { 'application/x-ndjson': { schema: { type: 'array', items: line } } } } } },
  });
  expect({ ...paths, '/v1/orders/export': undefined }).toEqual({ ...reference.paths, '/v1/orders/export': undefined });
});
