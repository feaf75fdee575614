import { type Clock, type Ctx, commonErrors, type UnitOfWork, type WriteSets } from '@plinth/kernel';
import type { ClientSession, Db, MongoClient } from 'mongodb';
import { remainingMs } from './deadline.ts';
import { isTransient, isUnknownCommit, translate, type UniqueCodes } from './failures.ts';
import { majority } from './settings.ts';
import type { Write } from './write-set.ts';

type Parts = {
  readonly client: MongoClient;
  readonly db: Db;
  readonly clock: Clock;
  readonly codeOf: UniqueCodes;
  readonly writeSets: WriteSets<Write>;
};

type Attempt = Parts & { readonly session: ClientSession; readonly ctx: Ctx };

const apply = async (write: Write, { db, session, ctx, clock }: Attempt): Promise<void> => {
  const collection = db.collection(write.collection);
  const options = { session, maxTimeMS: remainingMs(ctx, clock) };
  if (write.kind === 'insert') {
    await collection.insertOne(write.document, options);
    return;
  }
  const touched =
    write.kind === 'update'
      ? (await collection.updateMany(write.filter, write.update, options)).matchedCount
      : (await collection.deleteMany(write.filter, options)).deletedCount;
  if (touched !== 1) throw write.orElse;
};

/** Commits what `session` holds; a commit with an unknown outcome is sent again, which is safe and tells. */
const commitSurely = async (attempt: Attempt): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next try depends on the outcome of this one
      await attempt.session.commitTransaction();
      return;
    } catch (cause) {
      if (!isUnknownCommit(cause)) throw cause;
      // oxlint-disable-next-line no-await-in-loop -- tries are spaced out on purpose
      await pause(tries, attempt, cause);
    }
  }
};

const commitOnce = async (writes: readonly Write[], attempt: Attempt): Promise<void> => {
  const { session } = attempt;
  session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: majority });
  try {
    // oxlint-disable-next-line no-await-in-loop -- a transaction takes one statement at a time
    for (const write of writes) await apply(write, attempt);
  } catch (cause) {
    // The server ends an open transaction by itself, so a failed abort changes nothing.
    await session.abortTransaction().catch(() => undefined);
    throw cause;
  }
  await commitSurely(attempt);
};

/** Waits with full jitter. @throws `unavailable` when the deadline would pass meanwhile. */
const pause = async (tries: number, { ctx, clock }: Attempt, cause: unknown): Promise<void> => {
  const waitMs = Math.random() * Math.min(2 ** tries, 64);
  if (clock.now().getTime() + waitMs >= ctx.deadline) throw commonErrors.unavailable({ cause });
  await new Promise((resolve) => setTimeout(resolve, waitMs));
};

const commit = async (writes: readonly Write[], ctx: Ctx, parts: Parts): Promise<void> => {
  const session = parts.client.startSession();
  const attempt = { ...parts, session, ctx };
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- the next try depends on the outcome of this one
        return await commitOnce(writes, attempt);
      } catch (cause) {
        if (!isTransient(cause)) throw translate(cause, parts.codeOf);
        // oxlint-disable-next-line no-await-in-loop -- tries are spaced out on purpose
        await pause(tries, attempt, cause);
      }
    }
  } finally {
    await session.endSession();
  }
};

/** Commits the writes of an action after it has returned, in a transaction of their own: all or none. */
export const createUnitOfWork = (parts: Parts): UnitOfWork => ({
  run: async (ctx, work) => {
    const { answer, writes } = await parts.writeSets.gather(ctx, work);
    if (writes.length > 0) await commit(writes, ctx, parts);
    return answer;
  },
});
