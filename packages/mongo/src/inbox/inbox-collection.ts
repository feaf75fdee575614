import { Message } from '@plinth/data-kit';
import type { StoredCollection } from '../collections/stored-collection.ts';

/** The collection of received events and jobs in each module's database. A module may not use this name. */
export const inboxName = 'inbox';

/** Longer than the journal keeps events, so that none is handled again when a journal is read again. */
const keptSeconds = 8 * 24 * 60 * 60;

export const inboxCollection: StoredCollection = {
  name: inboxName,
  schema: Message,
  indexes: [
    // Serves the search for the next messages.
    {
      name: 'ready',
      key: { consumer: 1, tenantId: 1, orderKey: 1, position: 1 },
      partialFilterExpression: { state: 'ready' },
    },
    // Serves the search for messages that are due.
    { name: 'due', key: { dueAt: 1 }, partialFilterExpression: { state: 'delayed' } },
    // Serves operators.
    { name: 'dead', key: { state: 1, endedAt: 1 }, partialFilterExpression: { state: 'dead' } },
    // Serve the operators of a tenant.
    {
      name: 'deadOfTenant',
      key: { tenantId: 1, endedAt: -1, _id: -1 },
      partialFilterExpression: { state: 'dead' },
    },
    {
      name: 'deadOfConsumer',
      key: { tenantId: 1, consumer: 1, endedAt: -1, _id: -1 },
      partialFilterExpression: { state: 'dead' },
    },
    // Expires messages that were handled.
    {
      name: 'done',
      key: { endedAt: 1 },
      expireAfterSeconds: keptSeconds,
      partialFilterExpression: { state: 'done' },
    },
  ],
};
