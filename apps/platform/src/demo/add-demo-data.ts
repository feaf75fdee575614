import { type Ctx, type Datastore, UniqueViolation } from '@plinth/data-kit';
import { systemClock, systemIds } from '@plinth/service-kit';
import { usersModule } from '@plinth/svc-users/module';
import { type DemoUser, demoUsers } from './users.ts';

/** The time limit for one user. */
const deadlineMs = 5000;

const createContext = ({ id, tenantId, role }: DemoUser): Ctx => ({
  actor: { kind: 'user', id, tenantId, roles: [role] },
  tenantId,
  requestId: systemIds.next(),
  trace: { traceId: systemIds.next().replaceAll('-', ''), spanId: '0000000000000001', sampled: false },
  deadline: systemClock.now().getTime() + deadlineMs,
  signal: new AbortController().signal,
});

const addUser = async (user: DemoUser, datastore: Datastore): Promise<void> => {
  const { id, name, email, role } = user;
  const { collections, unitOfWork, events } = datastore.open(usersModule, {
    clock: systemClock,
    ids: { next: () => id },
  });
  const { service } = usersModule.create({ ...collections, events, clock: systemClock, ids: systemIds });
  const ctx = createContext(user);
  try {
    await unitOfWork.run(ctx, () => service.createUser({ body: { name, email, role } }, ctx), {
      operation: 'createUser',
    });
  } catch (error) {
    // The user exists since an earlier start.
    if (!(error instanceof UniqueViolation)) throw error;
  }
};

/** Adds the demo organizations by the same operation that clients use. Safe to repeat. */
export const addDemoData = async (datastore: Datastore): Promise<void> => {
  await Promise.all(demoUsers.map((user) => addUser(user, datastore)));
};
