import type { Clock, Ids } from '@plinth/kernel';
import { v7 } from 'uuid';

export const systemClock: Clock = { now: () => new Date() };

/** UUIDv7: ids made later in one process sort later. */
export const systemIds: Ids = { next: () => v7() };
