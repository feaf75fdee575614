import { platformTenantId } from '../context/context.ts';
import type { Consumer } from './consumer.ts';
import type { NewMessage } from './inbox.ts';
import type { JournalEntry } from './journal-reader.ts';
import { type ReceivedEvent, toMessageId } from './message.ts';

const indexDigits = 4;

/** Returns the events of an entry. Each has the position of the entry, followed by its index in it. */
const toEvents = (entry: JournalEntry, source: string): ReceivedEvent[] => {
  const { events, position, at, actor, requestId, traceId, spanId, sampled } = entry;
  return events.map((event, index) => ({
    ...event,
    source,
    position: `${position}-${String(index).padStart(indexDigits, '0')}`,
    at,
    actor,
    requestId,
    traceId,
    ...(spanId !== undefined && { spanId, sampled }),
  }));
};

/** Returns a message for each event in the journal of `source` that the consumer declares, in their order. */
export const toMessages = (
  entries: readonly JournalEntry[],
  {
    source,
    consumer,
  }: { readonly source: string; readonly consumer: Pick<Consumer, 'name' | 'events' | 'order' | 'tenant'> },
): NewMessage[] => {
  const names = new Set(consumer.events.map(({ name }) => name));
  return entries.flatMap((entry) => {
    const tenantId = consumer.tenant === 'platform' ? platformTenantId : entry.tenantId;
    return toEvents(entry, source)
      .filter(({ name }) => names.has(name))
      .map((event) => ({
        _id: toMessageId(consumer.name, event.id),
        tenantId,
        consumer: consumer.name,
        orderKey: consumer.order === 'aggregate' ? event.aggregateId : event.id,
        position: event.position,
        event: { ...event, ...(tenantId !== entry.tenantId && { tenantId: entry.tenantId }) },
      }));
  });
};
