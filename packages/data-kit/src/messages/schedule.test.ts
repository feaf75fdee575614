import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineJob } from './job.ts';
import { getRunTimes, PlannedRun } from './schedule.ts';

const tenantsOf = { name: 'boxes' };
const handle = () => async (): Promise<void> => undefined;
const define = (cron: string, timeZone?: string, input: z.ZodObject = PlannedRun) =>
  defineJob({ name: 'count', input, handle, schedule: { cron, tenantsOf, ...(timeZone && { timeZone }) } });

const read = (cron: string, now: string, timeZone?: string) => {
  const { last, next } = getRunTimes({ cron, ...(timeZone && { timeZone }) }, new Date(now));
  return [last?.toISOString(), next?.toISOString()];
};

describe('the times of a schedule', () => {
  it.each([
    ['an hour before', '2026-11-30T01:00:00.000Z', '2026-11-29T02:00:00.000Z', '2026-11-30T02:00:00.000Z'],
    ['a millisecond before', '2026-11-30T01:59:59.999Z', '2026-11-29T02:00:00.000Z', '2026-11-30T02:00:00.000Z'],
    ['at it', '2026-11-30T02:00:00.000Z', '2026-11-30T02:00:00.000Z', '2026-12-01T02:00:00.000Z'],
    ['a millisecond after', '2026-11-30T02:00:00.001Z', '2026-11-30T02:00:00.000Z', '2026-12-01T02:00:00.000Z'],
  ])('boundary: are the last one up to now and the next one after it, %s', (_, now, last, next) => {
    expect(read('0 2 * * *', now)).toEqual([last, next]);
  });

  it('boundary: are those of the time zone, in summer and in winter', () => {
    expect(read('0 2 * * *', '2026-07-01T12:00:00Z', 'Europe/Berlin')[0]).toBe('2026-07-01T00:00:00.000Z');
    expect(read('0 2 * * *', '2026-01-01T12:00:00Z', 'Europe/Berlin')[0]).toBe('2026-01-01T01:00:00.000Z');
  });

  it.each([
    ['does not exist', '2026-03-29', '2026-03-29T01:00:00.000Z'],
    ['exists twice', '2026-10-25', '2026-10-25T00:30:00.000Z'],
  ])('boundary: there is one run on a day on which its local time %s', (_, day, run) => {
    const times = new Set<string>();
    const start = Date.parse(`${day}T00:00:00Z`) - 2 * 3_600_000;
    for (let minute = 0; minute < 24 * 60; minute += 10) {
      const [last = ''] = read('30 2 * * *', new Date(start + minute * 60_000).toISOString(), 'Europe/Berlin');
      if (Date.parse(last) >= start) times.add(last);
    }
    expect([...times]).toEqual([run]);
  });
});

describe('a scheduled job', () => {
  it.each([
    ['', 'five'],
    ['* * * *', 'five'],
    ['0 * * * * *', 'exactly 5 parts'],
    ['60 2 * * *', 'Invalid value for minute'],
    ['0 2 30 2 *', 'no date matches it'],
    ['at two every day please', 'illegal characters'],
  ])('is not declared with the expression %j', (cron, message) => {
    expect(() => define(cron)).toThrow(message);
  });

  it('is not declared with an unknown time zone, or with input that its runs do not have', () => {
    expect(() => define('0 2 * * *', 'Europe/Atlantis')).toThrow('Europe/Atlantis');
    expect(() => define('0 2 * * *', 'UTC', z.object({ boxId: z.string() }))).toThrow('must accept a PlannedRun');
  });

  it('may have further optional input', () => {
    expect(define('0 2 * * 1-5', 'UTC', PlannedRun.extend({ cursor: z.string().optional() }))).toMatchObject({
      schedule: { cron: '0 2 * * 1-5' },
    });
  });
});
