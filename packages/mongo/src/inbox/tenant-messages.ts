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
import { type Counted, countByConsumer, toBacklogs } from './backlogs.ts';
import { toDrop, toRetry } from './dead-messages.ts';
import { inboxName } from './inbox-collection.ts';

type Deps = ReadDeps & {
  readonly clock: Clock;
  readonly cursors: Cursors;
  readonly writeSets: WriteSets<Write>;
};

type Scope = Deps & { readonly ctx: Ctx };

const count = async (
  { filter, hint }: { readonly filter: Document; readonly hint: string },
  scope: Scope,
): Promise<Counted[]> => {
  const match = { ...filter, tenantId: scope.ctx.tenantId };
  const command = { aggregate: inboxName, pipeline: [{ $match: match }, countByConsumer], hint, cursor: {} };
  return (await find(command, { ...scope, endsWithCaller: true })) as unknown as Counted[];
};

const readBacklogs = async (consumers: readonly string[], scope: Scope): Promise<Backlog[]> => {
  const ofConsumers = { consumer: { $in: [...consumers] }, state: 'ready' };
  const [ready, dead] = await Promise.all([
    count({ filter: ofConsumers, hint: 'ready' }, scope),
    count({ filter: { state: 'dead' }, hint: 'deadOfTenant' }, scope),
  ]);
  return toBacklogs({ ready, dead });
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

type EndOfDead = ReturnType<typeof toRetry> | ReturnType<typeof toDrop>;

/** Creates the messages of a module's database, in the scope of a tenant. */
export const createMessages = (deps: Deps): Messages => ({
  for: (ctx) => {
    const { writeSets, clock } = deps;
    const scope = { ...deps, ctx };
    const { tenantId } = ctx;
    const end = (message: Message, update: EndOfDead, conflictError: Error): void => {
      const filter = { _id: message._id, tenantId, state: 'dead' };
      const write: Write = { kind: 'update', collection: inboxName, filter, update, conflictError };
      const { state } = update.$set;
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
      retry: (message, conflictError) => end(message, toRetry(), conflictError),
      drop: (message, conflictError) => end(message, toDrop(clock.now()), conflictError),
    };
  },
});
