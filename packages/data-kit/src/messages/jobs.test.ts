import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { z } from 'zod';
import { createContext } from '../../test/contexts.ts';
import type { Ctx } from '../context/context.ts';
import { createWriteSets } from '../datastore/unit-of-work.ts';
import { defaultRetry } from './consumer.ts';
import { defineJob, type InputOf } from './job.ts';
import { createJobs, type Jobs } from './jobs.ts';
import type { Message, ReceivedEvent } from './message.ts';
import { toNewestEvent } from './to-newest-event.ts';

const input = z.object({ boxId: z.string(), steps: z.int().default(1) });
type Input = z.output<typeof input>;
const handled = vi.fn<(moved: Input, ctx: Ctx) => Promise<void>>(async () => undefined);
const moveBox = defineJob({ name: 'move-box', input, handle: () => handled });

const jobId = '019389aa-5e5f-7c1d-9d3f-000000000001';

const enqueue = async (run: (jobs: Jobs, ctx: Ctx) => void): Promise<readonly Message[]> => {
  const writeSets = createWriteSets<Message>();
  const jobs = createJobs({
    source: 'boxes',
    writeSets,
    clock: { now: () => new Date(5) },
    ids: { next: () => jobId },
    toWrite: (message) => message,
  });
  const ctx = createContext();
  const { set } = await writeSets.collect(ctx, async () => run(jobs, ctx));
  return set.writes;
};

describe('a job', () => {
  it('is the consumer of its own messages, with the usual concurrency, time and retries', () => {
    expect(moveBox).toMatchObject({ concurrency: 10, timeoutMs: 30_000, retry: defaultRetry, order: 'none' });
    expectTypeOf<InputOf<typeof moveBox>>().toEqualTypeOf<{ boxId: string; steps: number }>();
  });

  it('refuses the name of an event', () => {
    expect(() => defineJob({ name: 'boxes.moved', input, handle: () => handled })).toThrow('lower-case words');
  });

  it('receives its input, validated and with its defaults', async () => {
    const [message] = await enqueue((jobs, ctx) => jobs.enqueue(ctx, moveBox, { input: { boxId: 'a' } }));
    const event = message?.event as ReceivedEvent;
    const ctx = createContext();
    await moveBox.handle({} as never)(toNewestEvent(event, moveBox.events) as never, ctx);
    expect(handled.mock.calls).toEqual([[{ boxId: 'a', steps: 1 }, ctx]]);
    const invalid = { ...event, payload: { boxId: 7 } };
    expect(() => toNewestEvent(invalid, moveBox.events)).toThrow('boxId');
  });

  it('is enqueued with input of its type only', async () => {
    const enqueueInvalid = enqueue((jobs, ctx) => {
      // @ts-expect-error -- the id of the box is missing
      jobs.enqueue(ctx, moveBox, { input: { steps: 2 } });
    });
    await expect(enqueueInvalid).rejects.toThrow("The input of the job 'move-box' breaks its schema at 'boxId'");
  });
});

describe('an enqueued job', () => {
  it('is a message of its own, ready or delayed', async () => {
    const at = new Date(9);
    const [ready, delayed] = await enqueue((jobs, ctx) => {
      jobs.enqueue(ctx, moveBox, { input: { boxId: 'a' } });
      jobs.enqueue(ctx, moveBox, { input: { boxId: 'a' }, at });
    });
    expect(ready).toMatchObject({ _id: `move-box/${jobId}`, state: 'ready', orderKey: jobId, position: jobId });
    expect(delayed).toMatchObject({ state: 'delayed', dueAt: at, receivedAt: new Date(5) });
  });

  it('has the tenant and the key as its id, so that one of them is stored', async () => {
    const [message] = await enqueue((jobs, ctx) => jobs.enqueue(ctx, moveBox, { input: { boxId: 'a' }, key: 'b' }));
    expect(message?._id).toBe(`move-box/${message?.tenantId}/b`);
    expect(message?.event).toMatchObject({ id: jobId, source: 'boxes', aggregateId: 'b' });
  });

  it('integrity: does not change with the input of its caller', async () => {
    const changed = { boxId: 'a', steps: 1 };
    const [message] = await enqueue((jobs, ctx) => jobs.enqueue(ctx, moveBox, { input: changed }));
    changed.steps = 7;
    expect(message?.event.payload).toEqual({ boxId: 'a', steps: 1 });
  });
});
