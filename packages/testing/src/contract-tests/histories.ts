import { defineErrors, defineEvents, Id } from '@plinth/contract-kit';
import { type Ctx, defineCollection, defineHistory, Entity } from '@plinth/data-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createIds, createManualClock } from '../clock.ts';
import { createContext } from '../contexts.ts';
import type { OpenStore } from './open-store.ts';

const Board = Entity.extend({ title: z.string(), note: z.string().optional() });

const boards = defineCollection('boards', Board, {
  tenancy: 'tenant',
  history: true,
  indexes: { newest: { fields: ['createdAt', '_id'] } },
});
const boardsHistory = defineHistory(boards);

const { boardMoved } = defineEvents('suite', { aggregate: { boardId: Id }, events: { boardMoved: {} } });
const { lost } = defineErrors('suite', {
  lost: { status: 409, title: 'Another change came first.', fix: 'Repeat it.' },
});

const openBoards = async (openStore: OpenStore) => {
  const clock = createManualClock();
  const { store, close } = await openStore({ boards, boardsHistory }, { clock, ids: createIds(clock) });
  const { collections, unitOfWork, events } = store;
  type Board = Awaited<ReturnType<ReturnType<typeof collections.boards.for>['get']>>;
  return {
    clock,
    close,
    collections,
    events,
    unitOfWork,
    insert: (ctx: Ctx) =>
      unitOfWork.run(ctx, async () => collections.boards.for(ctx).insert({ title: 'one' }), { operation: 'addBoard' }),
    rename: (ctx: Ctx, board: Board, title: string) =>
      unitOfWork.run(ctx, async () => collections.boards.for(ctx).update(board, { $set: { title } }, lost()), {
        operation: `rename to ${title}`,
      }),
    list: async (ctx: Ctx, documentId: string) =>
      (await collections.boardsHistory.for(ctx).list({ where: { documentId }, sort: 'createdAt', limit: 100 })).items,
  };
};

/** The guarantees of a collection with a history. */
export const historyCases = (openStore: OpenStore): void => {
  describe('a history', () => {
    let opened: Awaited<ReturnType<typeof openBoards>>;
    beforeAll(async () => {
      opened = await openBoards(openStore);
    });
    afterAll(() => opened.close());

    it('has an entry for each change, with the document before, its author, and the events about it', async () => {
      const { clock, collections, events, unitOfWork, insert, list } = opened;
      const ctx = createContext();
      const one = await insert(ctx);
      clock.advance(5);
      const other = createContext({ tenantId: ctx.tenantId });
      const work = async () => {
        events.emit(other, boardMoved, { boardId: one._id });
        events.emit(other, boardMoved, { boardId: ctx.tenantId });
        return collections.boards.for(other).update(one, { $set: { note: 'new' } });
      };
      const two = await unitOfWork.run(other, work, { operation: 'moveBoard' });
      const entries = await list(ctx, one._id);
      const toActor = ({ kind, id }: Ctx['actor']) => ({ kind, id });
      expect(entries).toMatchObject([
        { documentVersion: 1, operation: 'addBoard', createdAt: one.createdAt, events: [], actor: toActor(ctx.actor) },
        {
          documentVersion: 2,
          operation: 'moveBoard',
          createdAt: two.updatedAt,
          events: ['suite.board-moved'],
          actor: toActor(other.actor),
          requestId: other.requestId,
          traceId: other.trace.traceId,
        },
      ]);
      expect(entries.map(({ documentBefore }) => documentBefore)).toEqual([undefined, one]);
      expect(await list(createContext(), one._id)).toEqual([]);
    });

    it('boundary: changes of one instant, and of a clock that was set back, have times of their own', async () => {
      const { collections, rename, insert, list } = opened;
      const ctx = createContext();
      let board = await insert(ctx);
      const first = board.createdAt.getTime();
      for (const title of ['two', 'three']) board = await rename(ctx, board, title);
      expect(await collections.boards.for(ctx).get(board._id)).toEqual(board);
      const times = (await list(ctx, board._id)).map(({ createdAt }) => createdAt.getTime() - first);
      expect(times).toEqual([0, 1, 2]);
      expect(board.updatedAt.getTime()).toBe(first + 2);
    });

    it('race: of many changes at once, the one that is committed has an entry', async () => {
      const { collections, rename, insert, list } = opened;
      const ctx = createContext();
      const board = await insert(ctx);
      const renames = Array.from({ length: 8 }, (_, index) =>
        rename(createContext({ tenantId: ctx.tenantId }), board, `${index}`),
      );
      const outcomes = await Promise.allSettled(renames);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { title } = await collections.boards.for(ctx).get(board._id);
      expect((await list(ctx, board._id)).map(({ operation }) => operation)).toEqual([
        'addBoard',
        `rename to ${title}`,
      ]);
    });

    it('integrity: a module without the collection of the history cannot be opened', async () => {
      const clock = createManualClock();
      await expect((async () => openStore({ boards }, { clock, ids: createIds(clock) }))()).rejects.toThrow(
        "Add 'defineHistory(boards)'",
      );
    });
  });
};
