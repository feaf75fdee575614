import type { QueuedMessage } from '@plinth/data-kit';

type Sent = QueuedMessage & { sentAt: number };

/** The messages of a consumer that are in its queue, as far as this process knows. */
export type SentMessages = {
  readonly size: number;
  /** Returns the order keys of a tenant that have a message in the queue. */
  keysOf(tenantId: string): ReadonlySet<string>;
  add(message: QueuedMessage): void;
  /** Returns the tenant of the message, if it was in the queue. */
  remove(id: string): string | undefined;
  /** Returns the messages that were added before a time of `performance.now()`. */
  listBefore(time: number): QueuedMessage[];
};

export const createSentMessages = (): SentMessages => {
  const sent = new Map<string, Sent>();
  const keysOfTenants = new Map<string, Set<string>>();
  return {
    get size() {
      return sent.size;
    },
    keysOf: (tenantId) => keysOfTenants.get(tenantId) ?? new Set(),
    add: ({ id, tenantId, orderKey }) => {
      sent.set(id, { id, tenantId, orderKey, sentAt: performance.now() });
      const keys = keysOfTenants.get(tenantId) ?? new Set();
      keysOfTenants.set(tenantId, keys.add(orderKey));
    },
    remove: (id) => {
      const message = sent.get(id);
      if (!message) return undefined;
      sent.delete(id);
      const keys = keysOfTenants.get(message.tenantId);
      keys?.delete(message.orderKey);
      if (keys?.size === 0) keysOfTenants.delete(message.tenantId);
      return message.tenantId;
    },
    listBefore: (time) =>
      [...sent.values()]
        .filter(({ sentAt }) => sentAt <= time)
        .map(({ id, tenantId, orderKey }) => ({ id, tenantId, orderKey })),
  };
};
