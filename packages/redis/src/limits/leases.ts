import { bucketKey, type Limit } from '@plinth/data-kit';
import { type Lease, openLease } from './lease.ts';

/** More subjects than these are not kept at a time: the one that came first is forgotten. */
const leasesMax = 50_000;

export type Leases = {
  /** In the order in which they were opened. */
  readonly all: ReadonlySet<Lease>;
  /** The lease of a subject, opened when there is none. */
  of(limit: Limit, subject: string): Lease;
  forget(lease: Lease): void;
};

/**
 * Makes the leases of a process. They are found by limit and then by subject, because to put the key of a bucket together
 * for each request would cost more than to decide about it.
 */
export const createLeases = (onForgotten: (lease: Lease) => void): Leases => {
  const all = new Set<Lease>();
  // Limits that are alike are one limit, be they one object or several.
  const bySubject = new Map<string, Map<string, Lease>>();
  const known = new WeakMap<Limit, Map<string, Lease>>();
  const subjectsOf = (limit: Limit): Map<string, Lease> => {
    const found = known.get(limit);
    if (found) return found;
    const key = bucketKey(limit, '');
    const subjects = bySubject.get(key) ?? new Map<string, Lease>();
    bySubject.set(key, subjects);
    known.set(limit, subjects);
    return subjects;
  };
  const forget = (lease: Lease): void => {
    all.delete(lease);
    subjectsOf(lease.limit).delete(lease.subject);
    onForgotten(lease);
  };
  return {
    all,
    of: (limit, subject) => {
      const subjects = subjectsOf(limit);
      const found = subjects.get(subject);
      if (found) return found;
      const [oldest] = all.size < leasesMax ? [] : all;
      if (oldest) forget(oldest);
      const lease = openLease(limit, subject);
      subjects.set(subject, lease);
      all.add(lease);
      return lease;
    },
    forget,
  };
};
