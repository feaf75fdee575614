import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { createIds, createManualClock } from './clock.ts';
import { createContext, createId, createPrincipal } from './contexts.ts';
import { createRandom, getSeed, readSeed } from './seed.ts';

describe('createContext', () => {
  it('creates the call of an owner of a new tenant, with a deadline in ten seconds', () => {
    const ctx = createContext();
    expect(ctx.actor).toMatchObject({ kind: 'user', roles: ['owner'], tenantId: ctx.tenantId });
    expect([ctx.tenantId, ctx.actor.id, ctx.requestId].every((id) => z.uuidv7().safeParse(id).success)).toBe(true);
    expect(ctx.trace).toMatchObject({
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(ctx.deadline - Date.now()).toBeGreaterThan(9000);
    expect(ctx.signal.aborted).toBe(false);
    expect(createContext().tenantId).not.toBe(ctx.tenantId);
  });

  it('puts actor and context into one tenant', () => {
    const { tenantId } = createContext();
    expect(createContext({ tenantId }).actor.tenantId).toBe(tenantId);
    expect(createContext({ actor: createPrincipal({ tenantId }) }).tenantId).toBe(tenantId);
    expect(createContext({ tenantId, actor: { roles: ['member'] } }).actor).toMatchObject({
      tenantId,
      roles: ['member'],
    });
  });

  it('accepts every override', () => {
    expect(createContext({ requestId: 'r', deadline: 5 })).toMatchObject({ requestId: 'r', deadline: 5 });
  });
});

describe('ids and time', () => {
  it('the clock moves by advance only, and never back', () => {
    const clock = createManualClock(new Date(1000));
    const before = clock.now();
    clock.advance(5);
    expect([before, clock.now()]).toEqual([new Date(1000), new Date(1005)]);
    expect(() => clock.advance(-1)).toThrow(/forward only/);
    expect(() => clock.advance(Number.NaN)).toThrow(/forward only/);
  });

  it('ids are UUIDv7 in the order of their creation, even when the clock goes back', () => {
    const clock = createManualClock();
    let time = clock.now();
    const ids = createIds({ now: () => time });
    const created = Array.from({ length: 300 }, (_, index) => {
      time = new Date(clock.now().getTime() + (index % 7));
      return ids.next();
    });
    expect(created.toSorted()).toEqual(created);
    expect(new Set(created).size).toBe(300);
    expect(z.array(z.uuidv7()).safeParse(created).success).toBe(true);
  });

  it('the same seed and clock create the same ids', () => {
    const clock = createManualClock();
    const [one, two] = [createIds(clock, 7), createIds(clock, 7)];
    expect([one.next(), one.next()]).toEqual([two.next(), two.next()]);
    expect(createIds(clock, 8).next()).not.toBe(createIds(clock, 7).next());
    expect(createId()).not.toBe(createId());
  });
});

describe('the seed', () => {
  it('determines the stream', () => {
    const [one, two] = [createRandom(getSeed()), createRandom(getSeed())];
    expect([one(), one(), one()]).toEqual([two(), two(), two()]);
    expect(createRandom(1)()).not.toBe(createRandom(2)());
  });

  it('is printed once, when a random value is needed first', async () => {
    const print = vi.spyOn(console, 'info').mockReturnValue();
    onTestFinished(() => print.mockRestore());
    vi.resetModules();
    const fresh = await import('./seed.ts');
    expect(print).not.toHaveBeenCalled();
    const value = fresh.random();
    const seed = fresh.getSeed();
    expect(value).toBe(createRandom(seed)());
    expect(print.mock.calls).toEqual([[`seed ${seed} (PLINTH_SEED=${seed} repeats it)`]]);
  });

  it('must be an integer', () => {
    expect([readSeed('12'), readSeed('-3')]).toEqual([12, -3]);
    expect(() => readSeed('x')).toThrow("PLINTH_SEED is 'x', which is not an integer");
  });
});
