import type { Clock, Ids } from '@plinth/data-kit';
import { v7 } from 'uuid';

export const systemClock: Clock = { now: () => new Date() };

/** UUIDv7 ids; a later id of one process sorts after an earlier one. */
export const systemIds: Ids = { next: () => v7() };
