import { randomUUID } from 'node:crypto';
import type { Clock, Ids } from '@plinth/data-kit';

export const systemClock: Clock = { now: () => new Date() };

/** The hexadecimal digits of a number, as many as are asked for. */
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** UUIDv7 ids; those made later in one process sort later. */
const createIds = (): Ids => {
  let ms = 0;
  let head = '';
  let count = 0;
  return {
    next: () => {
      const now = Date.now();
      const random = randomUUID();
      count += 1;
      if (now > ms || count > 0xfff) {
        ms = Math.max(now, ms + 1);
        const time = hex(ms, 12);
        head = `${time.slice(0, 8)}-${time.slice(8)}-7`;
        count = Number.parseInt(random.slice(0, 3), 16) >> 1;
      }
      return head + hex(count, 3) + random.slice(18);
    },
  };
};

export const systemIds: Ids = createIds();
