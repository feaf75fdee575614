import { StartupError } from '@plinth/data-kit';
import type { ClientSession, Db, Document, MongoClient } from 'mongodb';
import { majority } from '../settings.ts';
import { getLeases, type LeaseRecord, leaseId } from './record.ts';

export type LeaseDeps = {
  readonly client: MongoClient;
  readonly db: Db;
  /** How long a silent holder keeps the lease. */
  readonly leaseMs: number;
};

/** The right to migrate a database until another process takes it over. */
export type Lease = Pick<LeaseRecord, 'token'>;

/** Another process has taken the lease, so the former holder can change nothing. */
export class LeaseLost extends StartupError {}

// The server's time decides, so that processes with different clocks cannot hold the lease at once.
const toExtension = (leaseMs: number): Document => ({
  expiresAt: { $add: ['$$NOW', leaseMs] },
  beat: { $add: ['$beat', 1] },
});

/** Takes the lease if it is free or has expired. Returns undefined while another process holds it. */
export const takeLease = async ({ db, leaseMs }: LeaseDeps, holder: string): Promise<Lease | undefined> => {
  const free = { token: 0, beat: 0, expiresAt: new Date(0) };
  await getLeases(db).updateOne({ _id: leaseId }, { $setOnInsert: free }, { upsert: true });
  const taken = await getLeases(db).findOneAndUpdate(
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
  { db, leaseMs }: LeaseDeps,
  { token }: Lease,
  { session, ...fields }: { readonly session?: ClientSession; readonly schemaFingerprint?: string } = {},
): Promise<void> => {
  const update = [{ $set: { ...toExtension(leaseMs), ...fields } }];
  const { matchedCount } = await getLeases(db).updateOne({ _id: leaseId, token }, update, {
    ...(session && { session }),
  });
  if (matchedCount === 0)
    throw new LeaseLost('Another process has taken over the migrations. See `npm run db -- status`.');
};

const release = async ({ db }: LeaseDeps, { token }: Lease): Promise<void> => {
  // A new token, so that a renewal in progress cannot extend the released lease.
  const released = { expiresAt: '$$NOW', token: { $add: ['$token', 1] } };
  await getLeases(db).updateOne({ _id: leaseId, token }, [{ $set: released }, { $unset: 'holder' }]);
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
