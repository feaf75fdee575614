import { StartupError } from '@plinth/data-kit';
import type { ClientSession, Collection, Document, MongoClient } from 'mongodb';
import { majority } from '../settings.ts';

/** The holder of a right that one process at a time has. `token` grows with each holder. */
export type LeaseRecord = {
  readonly _id: string;
  readonly token: number;
  readonly holder?: string;
  readonly expiresAt: Date;
  /** Changes with each write, so that no write of the lease is a no-op. */
  readonly beat: number;
};

export type LeaseDeps = {
  readonly client: MongoClient;
  readonly leases: Collection<LeaseRecord>;
  readonly leaseId: string;
  /** How long a silent holder keeps the lease. */
  readonly leaseMs: number;
};

/** The right to work, for instance to migrate a database, until another process takes it over. */
export type Lease = Pick<LeaseRecord, 'token'>;

/** Another process has taken the lease, so the former holder can change nothing. */
export class LeaseLost extends StartupError {}

// The server's time decides, so that processes with different clocks cannot hold the lease at once.
const toExtension = (leaseMs: number): Document => ({
  expiresAt: { $add: ['$$NOW', leaseMs] },
  beat: { $add: ['$beat', 1] },
});

/** Takes the lease if it is free or has expired. Returns undefined while another process holds it. */
export const takeLease = async (
  { leases, leaseId, leaseMs }: LeaseDeps,
  holder: string,
): Promise<Lease | undefined> => {
  const free = { token: 0, beat: 0, expiresAt: new Date(0) };
  await leases.updateOne({ _id: leaseId }, { $setOnInsert: free }, { upsert: true });
  const taken = await leases.findOneAndUpdate(
    { _id: leaseId, $expr: { $lte: ['$expiresAt', '$$NOW'] } },
    [{ $set: { holder, token: { $add: ['$token', 1] }, ...toExtension(leaseMs) } }],
    { returnDocument: 'after' },
  );
  return taken ? { token: taken.token } : undefined;
};

/**
 * Extends the lease and stores fields with it.
 * @throws `LeaseLost` when another process has it.
 */
export const renew = async (
  { leases, leaseId, leaseMs }: LeaseDeps,
  { token }: Lease,
  { session, ...fields }: { readonly session?: ClientSession; readonly [field: string]: unknown } = {},
): Promise<void> => {
  const update = [{ $set: { ...toExtension(leaseMs), ...fields } }];
  const { matchedCount } = await leases.updateOne({ _id: leaseId, token }, update, {
    ...(session && { session }),
  });
  if (matchedCount > 0) return;
  throw new LeaseLost(`Another process has taken over the lease '${leaseId}' of the database '${leases.dbName}'.`);
};

/** Frees the lease, if this process still has it. */
export const release = async ({ leases, leaseId }: LeaseDeps, { token }: Lease): Promise<void> => {
  // A new token, so that a renewal in progress cannot extend the released lease.
  const released = { expiresAt: '$$NOW', token: { $add: ['$token', 1] } };
  await leases.updateOne({ _id: leaseId, token }, [{ $set: released }, { $unset: 'holder' }]);
};

/** Holds the lease while `work` runs, then releases it. */
export const withLease = async <T>(deps: LeaseDeps, lease: Lease, work: () => Promise<T>): Promise<T> => {
  // A failed renewal is not retried: the next one follows soon, and only a fenced write decides who holds the lease.
  const timer = setInterval(() => void renew(deps, lease).catch(() => undefined), deps.leaseMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await release(deps, lease).catch(() => undefined);
  }
};

/**
 * Runs `work` in one transaction that also writes the lease, so it cannot commit after a take-over, however long this
 * process was paused. `work` may run more than once.
 * @throws `LeaseLost` when another process has the lease.
 */
export const runFenced = <T>(deps: LeaseDeps, lease: Lease, work: (session: ClientSession) => Promise<T>): Promise<T> =>
  deps.client.withSession((session) =>
    session.withTransaction(
      async () => {
        await renew(deps, lease, { session });
        return work(session);
      },
      { readConcern: { level: 'snapshot' }, writeConcern: majority },
    ),
  );
