import { sendRedisCommand, startTestDatabase } from '@plinth/dev-databases';
import type { Worker } from '@plinth/service-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { type Boxes, type Move, openBoxes } from './fixture.ts';
import { createMoves, expectEach, moveInOrder, waitMs } from './moves.ts';

const byTenant = (one: Move, other: Move): number => (one.tenantId < other.tenantId ? -1 : 1);

const closings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

const open = async (redisUrl?: string): Promise<Boxes> => {
  const boxes = await openBoxes(redisUrl);
  closings.push(boxes.close);
  return boxes;
};

const start = (boxes: Boxes, options: Parameters<Boxes['startWorker']>[0] = {}): Worker => {
  const worker = boxes.startWorker(options);
  closings.push(worker.stop);
  return worker;
};

describe('a worker', () => {
  it('handles each event once, those before its start too, and those of a box in their order', async () => {
    const boxes = await open();
    const [before, after] = [createMoves({ boxes: 5, steps: 5 }), createMoves({ boxes: 20, steps: 5 })];
    await moveInOrder(boxes, before);
    start(boxes);
    await moveInOrder(boxes, after);
    await expectEach(boxes, [...before, ...after]);
  });

  it('race: several workers handle each event once, in their order', async () => {
    const boxes = await open();
    const moves = createMoves({ boxes: 20, steps: 10 });
    start(boxes);
    start(boxes);
    start(boxes);
    await moveInOrder(boxes, moves);
    await expectEach(boxes, moves);
  });

  it('tries a failed message again, ends it as dead after its last attempt, and delays no other box', async () => {
    const boxes = await open();
    const [stuck, slow, moving] = createMoves({ boxes: 3, steps: 3 }) as [Move[], Move[], Move[]];
    start(boxes);
    await moveInOrder(boxes, [
      stuck.map((move) => (move.step === 1 ? { ...move, fails: 4 } : move)),
      slow.map((move) => (move.step === 1 ? { ...move, fails: 2 } : move)),
      moving,
    ]);
    await expectEach(boxes, [stuck.filter(({ step }) => step !== 1), slow, moving]);
    const [dead] = await boxes.inbox.listDead({ limit: 9 });
    expect(dead).toMatchObject({ attempts: 3, failures: Array(3).fill({ message: 'Error: The box is stuck.' }) });
    expect(await boxes.inbox.retry(String(dead?._id))).toBe(true);
    await expect.poll(async () => (await boxes.listEffects()).length, waitMs).toBe(9);
  });

  it('boundary: a tenant with hundreds of messages lets another one take its turn', async () => {
    const boxes = await open();
    const [many, other] = [createMoves({ boxes: 300, steps: 1 }), createMoves({ boxes: 1, steps: 1 })];
    await boxes.move(many.flat());
    await moveInOrder(boxes, other);
    start(boxes);
    await expectEach(boxes, [...many, ...other]);
    const order = (await boxes.listEffects()).map(({ boxId }) => boxId);
    expect(order.indexOf(String(other[0]?.[0]?.boxId))).toBeLessThan(100);
  });

  it('integrity: loses nothing when Redis loses everything', async () => {
    const redis = await startTestDatabase('redis');
    closings.push(redis.close);
    const boxes = await open(redis.uri);
    const moves = createMoves({ boxes: 50, steps: 6 });
    start(boxes, { limits: { checkAfterMs: 500 } });
    const moving = moveInOrder(boxes, moves);
    for (let round = 0; round < 5; round += 1) {
      await sendRedisCommand(redis.uri, 'FLUSHALL');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await moving;
    await expectEach(boxes, moves);
  });

  it('integrity: runs each job once, and not before its time, when Redis loses everything', async () => {
    const redis = await startTestDatabase('redis');
    closings.push(redis.close);
    const boxes = await open(redis.uri);
    const [now, delayed] = [createMoves({ boxes: 20, steps: 1 }), createMoves({ boxes: 20, steps: 1 })];
    const dueAt = new Date(Date.now() + 1500);
    const enqueueTwice = async (moves: readonly Move[], at?: Date): Promise<void> => {
      const enqueue = (move: Move) => boxes.enqueue(move, { key: move.boxId, ...(at && { at }) });
      await Promise.all([...moves, ...moves].map(enqueue));
    };
    await enqueueTwice(delayed.slice(10).flat(), dueAt);
    start(boxes, { limits: { checkAfterMs: 500 } });
    await Promise.all([enqueueTwice(delayed.slice(0, 10).flat(), dueAt), enqueueTwice(now.flat())]);
    await expectEach(boxes, now);
    await sendRedisCommand(redis.uri, 'FLUSHALL');
    await expectEach(boxes, [...now, ...delayed]);
    const ends = delayed.flat().map(async ({ tenantId, boxId }) => {
      const message = await boxes.inbox.get(`count-box/${tenantId}/${boxId}`);
      return Number(message?.endedAt);
    });
    expect(Math.min(...(await Promise.all(ends)))).toBeGreaterThanOrEqual(dueAt.getTime());
  });

  it('integrity: runs a scheduled job once for each tenant, in several workers and when Redis loses everything', async () => {
    const redis = await startTestDatabase('redis');
    closings.push(redis.close);
    const boxes = await open(redis.uri);
    const tenants = await Promise.all(
      [1, 2, 3].map(async () => {
        const [[move]] = createMoves({ boxes: 1, steps: 1 }) as [[Move]];
        await boxes.enqueue(move);
        return move.tenantId;
      }),
    );
    const first = start(boxes);
    await expect.poll(async () => (await boxes.listEffects()).length, waitMs).toBe(tenants.length);
    await first.stop();
    // The last run was in another century, so one is missing when the workers start.
    await boxes.ageSchedules(new Date(0));
    start(boxes, { limits: { checkAfterMs: 500 } });
    start(boxes, { limits: { checkAfterMs: 500 } });
    await sendRedisCommand(redis.uri, 'FLUSHALL');
    const step = new Date().getUTCFullYear();
    const runs = tenants.map((tenantId) => [{ tenantId, boxId: tenantId, step }]);
    await expect.poll(async () => (await boxes.listEffects()).length, waitMs).toBe(2 * tenants.length);
    const effects = await boxes.listEffects();
    expect(effects.slice(tenants.length).toSorted(byTenant)).toEqual(runs.flat().toSorted(byTenant));
  });

  it('hands over what it has not begun when it stops', async () => {
    const boxes = await open();
    const moves = createMoves({ boxes: 30, steps: 4 });
    const first = boxes.startWorker();
    await moveInOrder(boxes, moves);
    await first.stop();
    start(boxes);
    await expectEach(boxes, moves);
  });

  it('runs the chosen modules only', async () => {
    const boxes = await open();
    const moves = createMoves({ boxes: 1, steps: 1 });
    start(boxes, { runs: ['boxes'] });
    await moveInOrder(boxes, moves);
    const [tenantId] = [moves[0]?.[0]?.tenantId];
    await expect.poll(() => boxes.inbox.listTenants('record-effect'), waitMs).toEqual([tenantId]);
    expect(await boxes.listEffects()).toEqual([]);
    start(boxes, { runs: ['shelves'] });
    await expectEach(boxes, moves);
  });
});
