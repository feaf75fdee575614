import { load } from '@plinth/config';
import { connectMongo } from '@plinth/mongo';
import { databaseSettings, systemClock, systemIds } from '@plinth/service-kit';
import { demoTenants, getDemoUser } from '../src/demo/users.ts';
import { modules } from '../src/modules.ts';
import { createMessage } from './jobs-command.ts';

/** Adds two dead messages of the demo organization acme to the databases of `MONGODB_DATABASE_PREFIX`, for tests of the console. */
const config = load(databaseSettings, process.env);
const datastore = await connectMongo({ ...config, CURSOR_SECRET: systemIds.next() });
const orders = modules.find(({ name }) => name === 'orders');
if (!orders) throw new Error('There is no module orders.');
const { inbox } = datastore.open(orders, { clock: systemClock, ids: systemIds });
const failures = [
  'TypeError: The order has no customer.',
  'ApiError: The service is overloaded.',
  'TimeoutError: Too late.',
];
for (let dead = 0; dead < 2; ) {
  const message = createMessage({ tenantId: demoTenants.acme });
  const { event } = message;
  const actor = { kind: 'user', id: getDemoUser('acme', 'owner').id };
  await inbox.receive([{ ...message, event: { ...event, actor, payload: { userId: event.aggregateId } } }]);
  let state: string | undefined;
  for (const failure of failures) {
    const attemptsMax = failures.length;
    state = await inbox.recordFailure(message._id, { at: new Date(), message: failure, attemptsMax });
  }
  // A worker runs, and may have been faster.
  if (state === 'dead') dead += 1;
}
await datastore.close();
