import { afterEach, expect, it, vi } from 'vitest';
import { systemIds } from './clock-and-ids.ts';

afterEach(() => {
  vi.useRealTimers();
});

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it.each([
  ['while time passes', undefined],
  ['within one millisecond', Date.now()],
])('creates distinct UUIDv7 ids in ascending order %s', (_when, now) => {
  if (now !== undefined) vi.useFakeTimers({ toFake: ['Date'], now });
  const ids = Array.from({ length: 20_000 }, () => systemIds.next());
  expect(ids.every((id) => uuidV7.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

it('boundary: keeps the order when the clock is set back', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const first = systemIds.next();
  vi.setSystemTime(Date.now() - 60_000);
  expect(systemIds.next() > first).toBe(true);
});

it('writes the creation time into an id', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const now = Date.now() + 3_600_000;
  vi.setSystemTime(now);
  expect(Number.parseInt(systemIds.next().replaceAll('-', '').slice(0, 12), 16)).toBe(now);
});
