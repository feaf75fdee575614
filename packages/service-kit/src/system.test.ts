import { afterEach, expect, it, vi } from 'vitest';
import { systemIds } from './system.ts';

afterEach(() => {
  vi.useRealTimers();
});

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('ids are UUIDv7, all different, and sort in the order in which they were made', () => {
  const ids = Array.from({ length: 10_000 }, () => systemIds.next());
  expect(ids.every((id) => uuidV7.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

it('boundary: ids go on in order when the clock is set back', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const first = systemIds.next();
  vi.setSystemTime(Date.now() - 60_000);
  const second = systemIds.next();
  expect(second > first).toBe(true);
});

it('boundary: ids go on in order, and each is another, when more are made in a millisecond than it has numbers for', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const ids = Array.from({ length: 20_000 }, () => systemIds.next());
  expect(ids.every((id) => uuidV7.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

it('ids tell when they were made', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const now = Date.now() + 3_600_000;
  vi.setSystemTime(now);
  expect(Number.parseInt(systemIds.next().replaceAll('-', '').slice(0, 12), 16)).toBe(now);
});
