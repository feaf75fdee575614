import type { ClientSession, Db, Document, MongoClient } from 'mongodb';
import { majority } from '../settings.ts';
import { getLeases, type LeaseRecord, leaseId } from './record.ts';

export type LeaseParts = {
  readonly client: MongoClient;
  readonly db: Db;
  /** For how long a holder that is silent keeps the lease, in milliseconds. */
  readonly leaseMs: number;
};

/** The right to migrate a database, for as long as nobody has taken it over. */
export type Lease = Pick<LeaseRecord, 'token'>;

/** Another process has taken the lease: whatever its former holder still tries changes nothing. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

// The time of the server decides, so that processes whose clocks differ cannot hold the lease at once.
const prolonged = (leaseMs: number): Document => ({
  expiresAt: { $add: ['$$NOW', leaseMs] },
  beat: { $add: ['$beat', 1] },
});

/** Takes the lease where it is free or has expired. @returns nothing while somebody else holds it. */
export const takeLease = async ({ db, leaseMs }: LeaseParts, holder: string): Promise<Lease | undefined> => {
  const free = { token: 0, beat: 0, expiresAt: new Date(0) };
  await getLeases(db).updateOne({ _id: leaseId }, { $setOnInsert: free }, { upsert: true });
  const taken = await getLeases(db).findOneAndUpdate(
    { _id: leaseId, $expr: { $lte: ['$expiresAt', '$$NOW'] } },
    [{ $set: { holder, token: { $add: ['$token', 1] }, ...prolonged(leaseMs) } }],
    { returnDocument: 'after' },
  );
  return taken ? { token: taken.token } : undefined;
};

/**
 * Keeps the lease for longer, and remembers with it what is given.
 * @throws `LeaseLost` when somebody else has it.
 */
export const renew = async (
  { db, leaseMs }: LeaseParts,
  { token }: Lease,
  { session, ...fields }: { readonly session?: ClientSession; readonly law?: string } = {},
): Promise<void> => {
  const update = [{ $set: { ...prolonged(leaseMs), ...fields } }];
  const { matchedCount } = await getLeases(db).updateOne({ _id: leaseId, token }, update, {
    ...(session && { session }),
  });
  if (matchedCount === 0) throw new LeaseLost('Another process has taken over the migrations.');
};

const release = async ({ db }: LeaseParts, { token }: Lease): Promise<void> => {
  // A token of nobody, so that a renewal that is still under way cannot keep what has been given back.
  const given = { expiresAt: '$$NOW', token: { $add: ['$token', 1] } };
  await getLeases(db).updateOne({ _id: leaseId, token }, [{ $set: given }, { $unset: 'holder' }]);
};

/** Keeps the lease while `work` runs, and gives it back. */
export const withLease = async <T>(parts: LeaseParts, lease: Lease, work: () => Promise<T>): Promise<T> => {
  // A renewal that fails is not tried again: the next one comes soon, and only a fenced write decides who holds it.
  const timer = setInterval(() => void renew(parts, lease).catch(() => undefined), parts.leaseMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await release(parts, lease).catch(() => undefined);
  }
};

/**
 * Runs `work` in one transaction that holds only while the lease does: it writes the lease too, so it cannot be
 * committed beside a take-over, however long this process was paused. `work` may run more than once.
 * @throws `LeaseLost` when somebody else has it.
 */
export const fenced = <T>(parts: LeaseParts, lease: Lease, work: (session: ClientSession) => Promise<T>): Promise<T> =>
  parts.client.withSession((session) =>
    session.withTransaction(
      async () => {
        await renew(parts, lease, { session });
        return work(session);
      },
      { readConcern: { level: 'snapshot' }, writeConcern: majority },
    ),
  );
