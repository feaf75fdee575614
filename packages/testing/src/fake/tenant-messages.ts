import { type Cursors, type Message, type Messages, toDeadMessageChange, type WriteSets } from '@plinth/data-kit';
import { toBacklogs } from './backlogs.ts';
import type { Write } from './write-set.ts';

type Deps = {
  readonly cursors: Cursors;
  readonly writeSets: WriteSets<Write>;
  /** Returns a copy of every message. */
  readonly all: () => Message[];
};

/** Newest first, as the index of the real inbox. */
const byEnd = (one: Message, other: Message): number =>
  Number(other.endedAt) - Number(one.endedAt) || (one._id < other._id ? 1 : -1);

/** Creates the messages of the fake, in the scope of a tenant. */
export const fakeMessages = ({ cursors, writeSets, all }: Deps): Messages => ({
  for: (ctx) => {
    const { tenantId } = ctx;
    const own = (): Message[] => all().filter((message) => message.tenantId === tenantId);
    const end = (kind: 'retry' | 'drop', message: Message, conflictError: Error): void =>
      writeSets.record(
        ctx,
        { kind, tenantId, message, conflictError },
        toDeadMessageChange(message, { state: kind === 'retry' ? 'ready' : 'done' }),
      );
    return {
      readBacklogs: async (consumers) => {
        const isCounted = ({ consumer, state }: Message): boolean =>
          state === 'dead' || (state === 'ready' && consumers.includes(consumer));
        return toBacklogs(own().filter(isCounted));
      },
      listDead: async ({ consumer, limit, cursor }) => {
        const scope = { collection: 'inbox', tenantId, where: { consumer }, sort: '-endedAt' };
        const after = cursor === undefined ? undefined : cursors.decode(cursor, scope).id;
        const dead = own()
          .filter((message) => message.state === 'dead' && (consumer === undefined || message.consumer === consumer))
          .toSorted(byEnd);
        const start = dead.findIndex(({ _id }) => _id === after) + 1;
        const items = dead.slice(start, start + limit);
        const last = items.at(-1);
        const hasNext = dead.length > start + limit && last;
        return {
          items,
          nextCursor: hasNext ? cursors.encode({ value: last.endedAt ?? null, id: last._id }, scope) : null,
        };
      },
      find: async (ids) => own().find(({ _id }) => ids.includes(_id)),
      retry: (message, conflictError) => end('retry', message, conflictError),
      drop: (message, conflictError) => end('drop', message, conflictError),
    };
  },
});
