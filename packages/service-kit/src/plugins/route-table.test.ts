import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { routeTable } from './route-table.ts';

it('refuses a route without a contract, in a sentence that says what to do', async () => {
  const app = Fastify();
  await app.register(routeTable);
  expect(() => app.get('/v1/side-door', async () => 'open')).toThrow(
    'GET /v1/side-door has no contract, so nothing says who may call it. Declare it with defineRoute',
  );
});
