import { commonErrors } from '@plinth/contract-kit';
import { type Ctx, type NewMessage, toMessageId } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { createId } from '../contexts.ts';
import type { Fixture } from './fixture.ts';

const createMessage = ({ tenantId }: Ctx, consumer: string): NewMessage => {
  const id = createId();
  const event = {
    id,
    name: 'suite.thing-moved',
    source: 'suite',
    aggregateId: createId(),
    position: id,
    at: new Date(0),
    actor: { kind: 'user', id: createId() },
    requestId: 'request',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    payload: {},
  };
  return { _id: toMessageId(consumer, id), tenantId, consumer, orderKey: id, position: id, event };
};

/** Adds dead messages, the oldest first. Each `second` is the time of an end. */
const addDead = async ({ inbox }: Fixture, ctx: Ctx, ends: readonly { consumer: string; second: number }[]) => {
  const ids: string[] = [];
  for (const { consumer, second } of ends) {
    const message = createMessage(ctx, consumer);
    await inbox.receive([message]);
    await inbox.recordFailure(message._id, { at: new Date(second * 1000), message: 'no', attemptsMax: 1 });
    ids.push(message._id);
  }
  return ids;
};

const conflict = () => commonErrors.conflict();

/** The guarantees of the messages of a tenant. */
export const tenantMessageCases = (use: () => Fixture): void => {
  describe('the messages of a tenant', () => {
    it('are listed when they are dead, newest first, page by page, also of one consumer', async () => {
      const { messages, context } = use();
      const ctx = context();
      const ends = [1, 2, 2, 2, 3].map((second, index) => ({ consumer: index === 2 ? 'other' : 'count', second }));
      const ids = await addDead(use(), ctx, ends);
      const list = async (consumer: string | undefined, limit: number): Promise<string[][]> => {
        const pages: string[][] = [];
        for (let cursor: string | undefined; ; ) {
          const { items, nextCursor } = await messages.for(ctx).listDead({ consumer, limit, cursor });
          pages.push(items.map(({ _id }) => _id));
          if (nextCursor === null) return pages;
          cursor = nextCursor;
        }
      };
      const all = [ids[4], ...ids.slice(1, 4).toSorted().toReversed(), ids[0]];
      for (const limit of [1, 2, 4, 5, 6]) expect((await list(undefined, limit)).flat()).toEqual(all);
      expect(await list('count', 4)).toEqual([all.filter((id) => id !== ids[2])]);
      expect(await list('other', 1)).toEqual([[ids[2]]]);
      expect(await list('lamp', 1)).toEqual([[]]);
    });

    it('integrity: are those of the tenant alone, in lists, backlogs and changes', async () => {
      const { messages, inbox, context, write } = use();
      const [ctx, other] = [context(), context()];
      const [id = ''] = await addDead(use(), ctx, [{ consumer: 'count', second: 1 }]);
      await inbox.receive([createMessage(ctx, 'count'), createMessage(ctx, 'lamp')]);
      const own = messages.for(ctx);
      expect(await own.readBacklogs(['count'])).toMatchObject([{ consumer: 'count', ready: 1, dead: 1 }]);
      expect(await own.readBacklogs([])).toMatchObject([{ consumer: 'count', ready: 0, dead: 1 }]);
      const outside = messages.for(other);
      expect(await outside.readBacklogs(['count'])).toEqual([]);
      expect(await outside.listDead({ consumer: undefined, limit: 9, cursor: undefined })).toMatchObject({ items: [] });
      expect(await outside.find([id])).toBeUndefined();
      const message = await own.find(['unknown', id]);
      expect(message).toMatchObject({ _id: id, state: 'dead' });
      const { nextCursor } = await own.listDead({ consumer: 'count', limit: 1, cursor: undefined });
      expect(nextCursor).toBeNull();
      await expect(own.listDead({ consumer: 'count', limit: 1, cursor: 'unknown' })).rejects.toMatchObject({
        code: 'invalid-cursor',
      });
      expect(() => message && own.retry(message, conflict())).toThrow('outside a unit of work');
      const foreign = write(
        other,
        async () => message && outside.drop({ ...message, tenantId: other.tenantId }, conflict()),
      );
      await expect(foreign).rejects.toMatchObject({ code: 'conflict' });
      expect(await inbox.get(id)).toMatchObject({ state: 'dead' });
    });

    it.each(['retry', 'drop'] as const)(
      'race: of ten that %s a message one is committed, with its journal row',
      async (change) => {
        const { messages, inbox, context, write, journalRows } = use();
        const ctx = context();
        const [id = ''] = await addDead(use(), ctx, [{ consumer: 'count', second: 1 }]);
        const message = await messages.for(ctx).find([id]);
        if (!message) throw new Error('The message was not found.');
        const attempts = Array.from({ length: 10 }, () => {
          const own = context(ctx.tenantId);
          return write(own, async () => messages.for(own)[change](message, conflict()));
        });
        const results = await Promise.allSettled(attempts);
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        const state = change === 'retry' ? 'ready' : 'done';
        expect(await inbox.get(id)).toMatchObject({ state, attempts: change === 'retry' ? 0 : 1 });
        const rows = (await journalRows()).filter(({ tenantId }) => tenantId === ctx.tenantId);
        expect(rows.map(({ changes }) => changes)).toEqual([
          [{ kind: 'update', collection: 'inbox', id, before: { state: 'dead', attempts: 1 }, after: { state } }],
        ]);
      },
    );
  });
};
