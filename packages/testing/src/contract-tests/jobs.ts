import { type Ctx, type EnqueueOptions, type Message, ReceivedEvent } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createId } from '../contexts.ts';
import { createThing } from './collections.ts';
import type { Fixture } from './fixture.ts';

/** Jobs of a name of their own, which `list` returns. */
const openJob = ({ jobs, inbox, write }: Fixture) => {
  const name = `job-${createId()}`;
  const job = { name, input: z.object({ steps: z.int(), since: z.date().optional(), from: z.string().default('a') }) };
  const enqueue = (ctx: Ctx, steps: number, options?: Omit<EnqueueOptions, 'input'>): Promise<void> =>
    write(ctx, () => jobs.enqueue(ctx, job, { input: { steps }, ...options }));
  return {
    job,
    enqueue,
    find: (ctx: Ctx, key: string): Promise<Message | undefined> => inbox.get(`${name}/${ctx.tenantId}/${key}`),
    findHeads: ({ tenantId }: Ctx) => inbox.findHeads({ consumer: name, tenantId }, { after: '', limit: 9 }),
  };
};

const storingCases = (use: () => Fixture): void => {
  it('stores a job in the inbox with the writes of its unit of work, as a message that is ready', async () => {
    const { jobs, inbox, write, things, context, clock } = use();
    const { job, findHeads } = openJob(use());
    const ctx = context();
    const since = new Date(1);
    const thing = await write(ctx, () => {
      jobs.enqueue(ctx, job, { input: { steps: 1, since } });
      return things.for(ctx).insert(createThing());
    });
    expect(await things.for(ctx).get(thing._id)).toEqual(thing);
    const [head] = await findHeads(ctx);
    const message = await inbox.get(String(head?._id));
    expect(message).toMatchObject({ state: 'ready', consumer: job.name, tenantId: ctx.tenantId, attempts: 0 });
    expect(message?.receivedAt).toEqual(clock.now());
    expect(ReceivedEvent.parse(message?.event)).toMatchObject({
      name: job.name,
      at: clock.now(),
      actor: { kind: ctx.actor.kind, id: ctx.actor.id },
      requestId: ctx.requestId,
      traceId: ctx.trace.traceId,
      payload: { steps: 1, since, from: 'a' },
    });
  });

  it('integrity: stores no job of a unit of work that fails, before or at its commit', async () => {
    const { jobs, write, things, context } = use();
    const { job, findHeads } = openJob(use());
    const ctx = context();
    const thing = await write(ctx, () => things.for(ctx).insert(createThing()));
    await write(ctx, () => things.for(ctx).update(thing, { $set: { rank: 9 } }));
    const failing = write(ctx, () => {
      jobs.enqueue(ctx, job, { input: { steps: 1 } });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const stale = write(ctx, () => {
      jobs.enqueue(ctx, job, { input: { steps: 1 } });
      things.for(ctx).update(thing, { $set: { rank: 7 } });
    });
    await expect(stale).rejects.toMatchObject({ code: 'stale-version' });
    expect(await findHeads(ctx)).toEqual([]);
  });

  it('refuses invalid input, keys and times, and a job outside of a unit of work', async () => {
    const { jobs, context, write } = use();
    const { job, enqueue, findHeads } = openJob(use());
    const ctx = context();
    await expect(write(ctx, () => jobs.enqueue(ctx, job, { input: { steps: 1.5 } }))).rejects.toThrow(
      "schema at 'steps'",
    );
    for (const key of ['', 'a b', 'a:b', 'a/b', 'ä', 'a'.repeat(201)]) {
      await expect(enqueue(ctx, 1, { key })).rejects.toThrow('must have 1 to 200');
    }
    await expect(enqueue(ctx, 1, { at: new Date(Number.NaN) })).rejects.toThrow('no valid date');
    expect(() => jobs.enqueue(ctx, job, { input: { steps: 1 } })).toThrow('outside a unit of work');
    expect(await findHeads(ctx)).toEqual([]);
  });
};

const keyCases = (use: () => Fixture): void => {
  it('stores one job of a key and tenant, also after it has ended', async () => {
    const { jobs, context, write, run } = use();
    const { job, enqueue, find, findHeads } = openJob(use());
    const [ctx, other] = [context(), context()];
    const key = 'a.B_1~-';
    await write(ctx, () => {
      for (const steps of [1, 2]) jobs.enqueue(ctx, job, { input: { steps }, key });
    });
    await enqueue(ctx, 3, { key });
    await enqueue(other, 4, { key });
    expect(await findHeads(ctx)).toHaveLength(1);
    const message = await find(ctx, key);
    expect(message?.event.payload).toMatchObject({ steps: 1 });
    expect((await find(other, key))?.event.payload).toMatchObject({ steps: 4 });
    await run(context(ctx.tenantId), async () => undefined, { operation: 'suite', consumes: String(message?._id) });
    await enqueue(ctx, 5, { key });
    expect(await find(ctx, key)).toMatchObject({ state: 'done', event: message?.event });
  });

  it('race: of ten units of work with one key each is committed, and one job is stored', async () => {
    const { jobs, context, write, things, journalRows } = use();
    const { job, findHeads } = openJob(use());
    const { tenantId } = context();
    const enqueue = async (_: unknown, steps: number): Promise<void> => {
      const ctx = context(tenantId);
      await write(ctx, () => {
        things.for(ctx).insert(createThing());
        jobs.enqueue(ctx, job, { input: { steps }, key: 'a' });
      });
    };
    await Promise.all(Array.from({ length: 10 }, enqueue));
    expect((await journalRows()).filter((row) => row.tenantId === tenantId)).toHaveLength(10);
    expect(await findHeads(context(tenantId))).toHaveLength(1);
  });
};

/** Returns a time in the future of the clock of the fixture, and of the real one. */
const inFuture = ({ now }: Fixture['clock'], ms: number): Date => new Date(Math.max(Date.now(), now().getTime()) + ms);

const delayCases = (use: () => Fixture): void => {
  it('boundary: delays a job until its time, and says when the next one is due', async () => {
    const { inbox, context, clock } = use();
    const { enqueue, find, findHeads } = openJob(use());
    const ctx = context();
    const dueInMs = 3_600_000;
    await enqueue(ctx, 1, { key: 'due', at: new Date(0) });
    await enqueue(ctx, 2, { key: 'later', at: inFuture(clock, dueInMs) });
    expect(await findHeads(ctx)).toEqual([]);
    expect(await find(ctx, 'due')).toMatchObject({ state: 'delayed', dueAt: new Date(0) });
    clock.advance(1);
    const waitMs = await inbox.releaseDue();
    expect(waitMs).toBeGreaterThan(dueInMs - 60_000);
    const due = await find(ctx, 'due');
    expect(await findHeads(ctx)).toEqual([{ _id: due?._id, orderKey: due?.orderKey }]);
    // It has waited since it was due, not since it was enqueued.
    expect(due?.receivedAt).not.toEqual(due?.event.at);
    expect(await find(ctx, 'later')).toMatchObject({ state: 'delayed' });
  });

  it('integrity: a delayed job cannot be handled, retried or dropped, and is no backlog', async () => {
    const { inbox, context, run, clock } = use();
    const { job, enqueue, find } = openJob(use());
    const ctx = context();
    await enqueue(ctx, 1, { key: 'a', at: inFuture(clock, 3_600_000) });
    const id = String((await find(ctx, 'a'))?._id);
    const handled = run(context(ctx.tenantId), async () => undefined, { operation: 'suite', consumes: id });
    await expect(handled).rejects.toMatchObject({ name: 'MessageAlreadyHandled' });
    expect([await inbox.retry(id), await inbox.drop(id), await inbox.filterReady([id])]).toEqual([false, false, []]);
    expect((await inbox.readBacklogs()).filter(({ consumer }) => consumer === job.name)).toEqual([]);
  });

  it('race: several processes make a due job ready at once, which changes it once', async () => {
    const { inbox, context } = use();
    const { enqueue, find, findHeads } = openJob(use());
    const ctx = context();
    await enqueue(ctx, 1, { key: 'a', at: new Date(0) });
    await Promise.all(Array.from({ length: 5 }, () => inbox.releaseDue()));
    expect(await findHeads(ctx)).toHaveLength(1);
    expect(await find(ctx, 'a')).toMatchObject({ state: 'ready', attempts: 0 });
  });
};

/** The guarantees of jobs. */
export const jobCases = (use: () => Fixture): void => {
  describe('jobs', () => {
    storingCases(use);
    keyCases(use);
    delayCases(use);
  });
};
