import { type Ctx, type Datastore, UniqueViolation } from '@plinth/data-kit';
import { systemClock, systemIds } from '@plinth/service-kit';
import { usersModule } from '@plinth/svc-users/module';
import { type DemoPerson, demoPeople } from './people.ts';

/** Milliseconds that adding one person may take. */
const deadlineMs = 5000;

const contextOf = ({ id, tenantId, role }: DemoPerson): Ctx => ({
  actor: { kind: 'user', id, tenantId, roles: [role] },
  tenantId,
  requestId: systemIds.next(),
  trace: { traceId: systemIds.next().replaceAll('-', ''), spanId: '0000000000000001', sampled: false },
  deadline: systemClock.now().getTime() + deadlineMs,
  signal: new AbortController().signal,
});

const add = async (person: DemoPerson, datastore: Datastore): Promise<void> => {
  const { id, name, email, role } = person;
  const { collections, unitOfWork, events } = datastore.open(usersModule, {
    clock: systemClock,
    ids: { next: () => id },
  });
  const { service } = usersModule.create({ ...collections, events, clock: systemClock, ids: systemIds });
  const ctx = contextOf(person);
  try {
    await unitOfWork.run(ctx, () => service.createUser({ body: { name, email, role } }, ctx), {
      operation: 'createUser',
    });
  } catch (error) {
    // The person is there from an earlier start.
    if (!(error instanceof UniqueViolation)) throw error;
  }
};

/** Adds the demo organizations by the same operation that clients use. Safe to repeat. */
export const addDemoData = async (datastore: Datastore): Promise<void> => {
  await Promise.all(demoPeople.map((person) => add(person, datastore)));
};
