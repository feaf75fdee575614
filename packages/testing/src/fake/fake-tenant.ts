import type { Ctx } from '@plinth/data-kit';
import { expect } from 'vitest';
import { createContext } from '../contexts.ts';
import { fakeDatabase } from './database.ts';

type Operation = (input: never, ctx: never) => Promise<unknown>;
type Actions = { readonly [operation: string]: (deps: never) => Operation };

/** The operations of actions. Without a context the owner of the tenant calls them. */
type Operations<A extends Actions> = {
  readonly [O in keyof A]: (input: Parameters<ReturnType<A[O]>>[0], ctx?: Ctx) => ReturnType<ReturnType<A[O]>>;
};

/** Creates a tenant on a fake database, and the operations of a domain, which run there as in a host. */
export const fakeTenant = <K extends object, A extends Actions>(definitions: K, actions: A) => {
  const db = fakeDatabase(definitions);
  const owner = createContext();
  const run = Object.fromEntries(
    Object.entries(actions).map(([operation, action]) => {
      const execute = db.unitOfWork(action(db as never) as (input: unknown, ctx: Ctx) => Promise<unknown>);
      return [operation, (input: unknown, ctx = owner) => execute(input, ctx)];
    }),
  ) as unknown as Operations<A>;
  const listDocuments = (): unknown[] =>
    Object.keys(definitions).flatMap(
      (name) => (db as unknown as Record<string, { all(): unknown[] }>)[name]?.all() ?? [],
    );
  /** Returns the events that `work` emits. */
  const collectEvents = async (work: () => Promise<unknown>) => {
    const earlier = db.emitted().length;
    await work();
    return db
      .emitted()
      .slice(earlier)
      .map(({ name, aggregateId, payload }) => ({ name, aggregateId, payload }));
  };
  return {
    db,
    owner,
    run,
    collectEvents,
    /** Creates the context of a call by a user of this tenant. */
    as: ({ id }: { readonly id: string }, roles: readonly string[] = []): Ctx =>
      createContext({ tenantId: owner.tenantId, actor: { id, roles } }),
    /** Runs `work` and expects that it changes no document and emits no event. */
    expectUnchanged: async (work: () => Promise<unknown>): Promise<void> => {
      const before = listDocuments();
      expect(await collectEvents(work)).toEqual([]);
      expect(listDocuments()).toEqual(before);
    },
  };
};
