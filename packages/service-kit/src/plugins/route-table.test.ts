import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { routeTable } from './route-table.ts';

it('rejects a route without a contract in a sentence with the fix', async () => {
  const app = Fastify();
  await app.register(routeTable);
  expect(() => app.get('/v1/side-door', async () => 'open')).toThrow(
    'GET /v1/side-door has no contract, so it has no access rule. Declare it with defineRoute',
  );
});
