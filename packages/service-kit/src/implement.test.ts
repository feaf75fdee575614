import { defineContract, defineRoute, NoContent } from '@plinth/contract-kit';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { implement } from './implement.ts';

const contract = defineContract('things', {
  permissions: { 'things:write': { title: 'Write things', roles: ['owner'] } },
  routes: {
    removeThing: defineRoute({
      method: 'DELETE',
      path: '/v1/things/:id',
      summary: 'Remove a thing',
      auth: { policy: 'things:write' },
      params: z.object({ id: z.string() }),
      responses: { 204: NoContent },
    }),
  },
});

it('refuses the result of an operation that ignored the version of If-Match', async () => {
  const [binding] = implement(contract)({ removeThing: async () => undefined });
  await expect(binding?.operation({ id: 'a', version: [1] }, {} as never)).rejects.toThrow(
    "'removeThing' ignored the version of If-Match. Pass it to the read: get(id, { version }).",
  );
});
