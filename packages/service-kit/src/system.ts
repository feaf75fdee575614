import { randomFillSync } from 'node:crypto';
import type { Clock, Ids } from '@plinth/kernel';
import { v7 } from 'uuid';

export const systemClock: Clock = { now: () => new Date() };

const bytesPerId = 16;

/** UUIDv7 ids; those made later in one process sort later. */
const createIds = (): Ids => {
  // Random bytes are drawn for 256 ids at once: to ask the system for each would cost three times as much as the id.
  const pool = new Uint8Array(256 * bytesPerId);
  let used = pool.length;
  let msecs = 0;
  let seq = 0;
  return {
    next: () => {
      if (used === pool.length) {
        randomFillSync(pool);
        used = 0;
      }
      const random = pool.subarray(used, used + bytesPerId);
      used += bytesPerId;
      const now = Date.now();
      // The counter begins in the lower half of its 32 bits, so it does not overflow within a millisecond.
      if (now > msecs) seq = new DataView(pool.buffer, random.byteOffset).getUint32(6) & 0x7fff_ffff;
      else seq += 1;
      // A clock that is set back does not take the ids with it.
      msecs = Math.max(now, msecs);
      return v7({ msecs, seq, random });
    },
  };
};

export const systemIds: Ids = createIds();
