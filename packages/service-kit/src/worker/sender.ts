import type { Inbox, MessageHead, Queue } from '@plinth/data-kit';
import type { SentMessages } from './sent-messages.ts';

export type SenderOptions = {
  readonly consumer: string;
  readonly inbox: Pick<Inbox, 'listTenants' | 'findHeads'>;
  readonly queue: Pick<Queue, 'add'>;
  readonly sent: SentMessages;
  /** The messages of a tenant, and of all tenants, that may be in the queue at once. */
  readonly perTenantMax: number;
  readonly max: number;
};

export type Sender = {
  /** The tenant may have messages that are not in the queue. */
  addTenant(tenantId: string): void;
  /** Any tenant may have some. */
  addAllTenants(): void;
  /** Sends messages until each tenant has none left, or as many in the queue as it may have. */
  sendAll(): Promise<void>;
};

/** Creates the search for the next messages of a tenant whose order key has none in the queue. It goes through the keys in turns. */
const createSearch = ({ consumer, inbox, sent }: SenderOptions) => {
  /** The order key behind which the search of a tenant continues. */
  const places = new Map<string, string>();
  return async (tenantId: string, count: number): Promise<MessageHead[]> => {
    // A copy: a message that ends during the search is found as if it were ready.
    const keys = new Set(sent.keysOf(tenantId));
    const isFree = ({ orderKey }: MessageHead): boolean => !keys.has(orderKey);
    const findAfter = async (after: string): Promise<MessageHead[]> =>
      (await inbox.findHeads({ consumer, tenantId }, { after, limit: count + keys.size }))
        .filter(isFree)
        .slice(0, count);
    const place = places.get(tenantId) ?? '';
    let heads = await findAfter(place);
    if (heads.length === 0 && place !== '') heads = await findAfter('');
    const last = heads.at(-1);
    if (last) places.set(tenantId, last.orderKey);
    else places.delete(tenantId);
    return heads;
  };
};

/** Creates the part of a dispatcher that sends messages: tenants take turns, so that one with many delays the others little. */
export const createSender = (options: SenderOptions): Sender => {
  const { consumer, inbox, queue, sent, perTenantMax, max } = options;
  const search = createSearch(options);
  /** The tenants that may have further messages, in the order of their turns. */
  const waiting = new Set<string>();
  let isTenantUnknown = true;

  /** A turn of a tenant. It takes another one as long as it has messages; after that a change adds it again. */
  const sendNext = async (tenantId: string): Promise<void> => {
    const free = Math.min(perTenantMax - sent.keysOf(tenantId).size, max - sent.size);
    if (free <= 0) return;
    const heads = await search(tenantId, free);
    if (heads.length === 0) return;
    const messages = heads.map(({ _id: id, orderKey }) => ({ id, tenantId, orderKey }));
    // Before they are in the queue, because one may end before this process knows that it is there.
    for (const message of messages) sent.add(message);
    waiting.add(tenantId);
    await queue.add(messages);
  };

  const addKnownTenants = async (): Promise<void> => {
    if (!isTenantUnknown) return;
    isTenantUnknown = false;
    for (const tenantId of await inbox.listTenants(consumer)) waiting.add(tenantId);
  };

  return {
    addTenant: (tenantId) => void waiting.add(tenantId),
    addAllTenants: () => {
      isTenantUnknown = true;
    },
    // When a turn fails, the dispatcher adds all tenants again.
    sendAll: async () => {
      await addKnownTenants();
      while (sent.size < max) {
        const [tenantId] = waiting;
        if (tenantId === undefined) return;
        waiting.delete(tenantId);
        await sendNext(tenantId);
      }
    },
  };
};
