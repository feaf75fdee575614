import { type EventDefinition, toNewestPayload } from '@plinth/contract-kit';
import type { EventType } from './consumer.ts';
import type { ReceivedEvent } from './message.ts';

/** True for an event that this code can read: the definitions have its name and its version. */
export const isKnownEvent = ({ name, version = 1 }: ReceivedEvent, definitions: readonly EventType[]): boolean =>
  definitions.some((definition) => definition.name === name && definition.version >= version);

/**
 * Converts an event to the newest version of its definition.
 * @throws for an event of another name, of a version that this code does not have, or with an invalid payload.
 */
export const toNewestEvent = (event: ReceivedEvent, definitions: readonly EventType[]): ReceivedEvent => {
  const definition = definitions.find(({ name }) => name === event.name);
  if (!definition)
    throw new TypeError(`The consumer does not declare the event '${event.name}'. Declare it, or drop the message.`);
  const payload = toNewestPayload(definition as EventDefinition, event);
  return { ...event, version: definition.version, payload: payload as ReceivedEvent['payload'] };
};
