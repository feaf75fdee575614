import {
  type Backlog,
  type Clock,
  type Ctx,
  type Cursors,
  type DeadMessagesQuery,
  type Message,
  type Messages,
  type Page,
  toDeadMessageChange,
  type WriteSets,
} from '@plinth/data-kit';
import type { Document } from 'mongodb';
import type { Write } from '../commit/write.ts';
import { find, type ReadDeps } from '../reads/find.ts';
import { inboxName } from './inbox-collection.ts';

type Deps = ReadDeps & {
  readonly clock: Clock;
  readonly cursors: Cursors;
  readonly writeSets: WriteSets<Write>;
};

type Scope = Deps & { readonly ctx: Ctx };

type Counted = { readonly _id: string; readonly count: number; readonly oldestAt: Date };

const countByConsumer = async (
  { filter, hint }: { readonly filter: Document; readonly hint: string },
  scope: Scope,
): Promise<Map<string, Counted>> => {
  const match = { ...filter, tenantId: scope.ctx.tenantId };
  const group = { _id: '$consumer', count: { $sum: 1 }, oldestAt: { $min: '$receivedAt' } };
  const command = { aggregate: inboxName, pipeline: [{ $match: match }, { $group: group }], hint, cursor: {} };
  const counted = (await find(command, { ...scope, endsWithCaller: true })) as unknown as Counted[];
  return new Map(counted.map((consumer) => [consumer._id, consumer]));
};

const readBacklogs = async (consumers: readonly string[], scope: Scope): Promise<Backlog[]> => {
  const ofConsumers = { consumer: { $in: [...consumers] }, state: 'ready' };
  const [ready, dead] = await Promise.all([
    countByConsumer({ filter: ofConsumers, hint: 'ready' }, scope),
    countByConsumer({ filter: { state: 'dead' }, hint: 'deadOfTenant' }, scope),
  ]);
  return [...new Set([...ready.keys(), ...dead.keys()])].toSorted().map((consumer) => ({
    consumer,
    ready: ready.get(consumer)?.count ?? 0,
    dead: dead.get(consumer)?.count ?? 0,
    oldestAt: ready.get(consumer)?.oldestAt,
  }));
};

const listDead = async ({ consumer, limit, cursor }: DeadMessagesQuery, scope: Scope): Promise<Page<Message>> => {
  const { ctx, cursors } = scope;
  const { tenantId } = ctx;
  const where = { state: 'dead', ...(consumer !== undefined && { consumer }) };
  const cursorScope = { collection: inboxName, tenantId, where, sort: '-endedAt' };
  const after = cursor === undefined ? undefined : cursors.decode(cursor, cursorScope);
  const filter: Document = {
    tenantId,
    ...where,
    ...(after && {
      endedAt: { $lte: after.value },
      $or: [{ endedAt: { $lt: after.value } }, { endedAt: after.value, _id: { $lt: after.id } }],
    }),
  };
  const command = {
    find: inboxName,
    filter,
    sort: { endedAt: -1, _id: -1 },
    // One more than a page shows whether another one exists.
    limit: limit + 1,
    batchSize: limit + 1,
    hint: consumer === undefined ? 'deadOfTenant' : 'deadOfConsumer',
  };
  const found = (await find(command, { ...scope, endsWithCaller: true })) as unknown as Message[];
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor:
      found.length > limit && last ? cursors.encode({ value: last.endedAt ?? null, id: last._id }, cursorScope) : null,
  };
};

/** The end of the state `dead`, and the update that makes it. */
type EndOfDead = Pick<Message, 'state'> & {
  readonly conflictError: Error;
  readonly $set: Document;
  readonly $unset?: Document;
};

/** Creates the messages of a module's database, in the scope of a tenant. */
export const createMessages = (deps: Deps): Messages => ({
  for: (ctx) => {
    const { writeSets, clock } = deps;
    const scope = { ...deps, ctx };
    const { tenantId } = ctx;
    const end = (message: Message, { state, ...others }: EndOfDead): void => {
      const filter = { _id: message._id, tenantId, state: 'dead' };
      const { conflictError, ...update } = others;
      const write: Write = { kind: 'update', collection: inboxName, filter, update, conflictError };
      writeSets.record(ctx, write, toDeadMessageChange(message, { state }));
    };
    return {
      readBacklogs: (consumers) => readBacklogs(consumers, scope),
      listDead: (query) => listDead(query, scope),
      find: async (ids) => {
        const command = { find: inboxName, filter: { _id: { $in: [...ids] }, tenantId }, limit: 1 };
        const [message] = await find(command, scope);
        return message as Message | undefined;
      },
      retry: (message, conflictError) => {
        const state = 'ready';
        end(message, { state, conflictError, $set: { state, attempts: 0 }, $unset: { endedAt: true } });
      },
      drop: (message, conflictError) => {
        const state = 'done';
        end(message, { state, conflictError, $set: { state, endedAt: clock.now() } });
      },
    };
  },
});
