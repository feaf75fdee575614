import { expect, it } from 'vitest';
import { z } from 'zod';
import { getSuccess } from '../routes/route-spec.ts';
import { jobsContract, jobsErrors, jobsPermissions } from './jobs.ts';

const routes = Object.entries(jobsContract.routes);

it.each(routes)('%s requires a permission that only owners and admins have', (_, { auth }) => {
  const { policy } = auth as { policy: keyof typeof jobsPermissions };
  expect(jobsPermissions[policy].roles).toEqual(['owner', 'admin']);
});

it.each(routes.filter(([, { responses }]) => !(204 in responses)))('%s has valid examples', (_, route) => {
  const { schema } = getSuccess(route);
  const examples = (z.globalRegistry.get(schema)?.['examples'] ?? []) as readonly unknown[];
  expect(examples).not.toEqual([]);
  for (const example of examples) expect(z.parse(schema, example)).toEqual(example);
});

it('refuses a change of a message that is not dead', () => {
  expect(jobsErrors.messageNotDead().spec).toMatchObject({ status: 409, code: 'message-not-dead' });
});
