import type { Clock, Ids } from '@plinth/data-kit';
import { v7 } from 'uuid';

export const systemClock: Clock = { now: () => new Date() };

/** UUIDv7 ids. Within a process, each id sorts after all earlier ids. */
export const systemIds: Ids = { next: () => v7() };
