import type { Limit } from '@plinth/data-kit';
import { expect, it } from 'vitest';
import type { Lease } from './lease.ts';
import { createLeases } from './leases.ts';

const limit: Limit = { name: 'subject', quota: 1000, windowSeconds: 60 };

const setUp = () => {
  const forgotten: Lease[] = [];
  return { forgotten, leases: createLeases((lease) => forgotten.push(lease)) };
};

it('race: whoever asks for a subject under a limit is given the same lease, also when the limit is written twice', () => {
  const { leases } = setUp();
  const lease = leases.of(limit, 'ada');
  expect(leases.of(limit, 'ada')).toBe(lease);
  expect(leases.of({ ...limit }, 'ada')).toBe(lease);
  expect([...leases.all]).toEqual([lease]);
});

it('integrity: limits of another size or name, and other subjects, have leases of their own', () => {
  const { leases } = setUp();
  const limits = [limit, { ...limit, quota: 999 }, { ...limit, windowSeconds: 61 }, { ...limit, name: 'ip' }];
  const keys = limits.flatMap((one) => ['ada', 'bob'].map((subject) => leases.of(one, subject).key));
  expect(new Set(keys).size).toBe(8);
  expect([...leases.all].map(({ key }) => key)).toEqual(keys);
});

it('one that is forgotten is told, and opened anew', () => {
  const { leases, forgotten } = setUp();
  const lease = leases.of(limit, 'ada');
  leases.forget(lease);
  expect(forgotten).toEqual([lease]);
  expect([...leases.all]).toEqual([]);
  expect(leases.of(limit, 'ada')).not.toBe(lease);
});

it('boundary: of 50,001 subjects the first is forgotten, and no other', () => {
  const { leases, forgotten } = setUp();
  const opened = Array.from({ length: 50_000 }, (_, at) => leases.of(limit, `subject ${at}`));
  expect(forgotten).toEqual([]);
  leases.of(limit, 'one more');
  expect(forgotten).toEqual([opened[0]]);
  expect(leases.all.size).toBe(50_000);
  expect(leases.of(limit, 'subject 1')).toBe(opened[1]);
});
