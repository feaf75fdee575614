import { ApiError } from '@plinth/contract-kit';
import { type Ctx, type Datastore, UniqueViolation } from '@plinth/data-kit';
import { type Module, systemClock, systemIds } from '@plinth/service-kit';
import type { DemoUser } from './users.ts';

/** The time limit for one operation. */
const deadlineMs = 5000;

const createContext = ({ id, tenantId, role }: DemoUser): Ctx => ({
  actor: { kind: 'user', id, tenantId, roles: [role] },
  tenantId,
  requestId: systemIds.next(),
  trace: { traceId: systemIds.next().replaceAll('-', ''), spanId: '0000000000000001', sampled: false },
  deadline: systemClock.now().getTime() + deadlineMs,
  signal: new AbortController().signal,
});

type Operation = (input: unknown, ctx: Ctx) => Promise<unknown>;

/**
 * Creates a function that runs operations of a module for a demo user, one after the other, as a host does. The first document
 * that an operation inserts has the id in the third argument.
 */
export const createOperations = (module: Module, datastore: Datastore, user: DemoUser) => {
  let firstId: string | undefined;
  const next = (): string => {
    const id = firstId ?? systemIds.next();
    firstId = undefined;
    return id;
  };
  const { collections, unitOfWork, events } = datastore.open(module, { clock: systemClock, ids: { next } });
  const { service } = module.create({ ...collections, events, clock: systemClock, ids: systemIds } as never);
  return async <T>(operationId: string, input: unknown, id?: string): Promise<T> => {
    const ctx = createContext(user);
    const operation = service[operationId] as Operation | undefined;
    if (!operation) throw new TypeError(`The module '${module.name}' has no operation '${operationId}'.`);
    firstId = id;
    return (await unitOfWork.run(ctx, () => operation(input, ctx), { operation: operationId })) as T;
  };
};

export type RunOperation = ReturnType<typeof createOperations>;

/** Ignores that something exists since an earlier start, or that another process has changed it meanwhile. */
export const ignoreConflict = (error: unknown): void => {
  if (error instanceof UniqueViolation || (error instanceof ApiError && error.status === 409)) return;
  throw error;
};
