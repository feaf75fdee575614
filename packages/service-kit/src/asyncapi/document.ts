import { toEventType } from '@plinth/contract-kit';
import { CloudEvent, type EventType } from '@plinth/data-kit';
import type { Module } from '../module.ts';
import { toTitle } from '../openapi/document.ts';
import { createSchemaRegistry, type Json, type SchemaRegistry } from '../openapi/schemas.ts';

export type AsyncApiOptions = { readonly title: string; readonly events: readonly EventType[] };

const description = `The events of all modules, as CloudEvents 1.0 in JSON.

- **\`type\`** has the version of \`data\`. A version gets new optional fields only: ignore those that you do not know. Any other
  change is a new version.
- **Delivery** is at least once: an event that is delivered again has the same \`id\`.
- **Order**: of two events with the same \`subject\`, that with the greater \`sequence\` is the later one.`;

/** Lists the events that modules emit, each once. */
export const listEvents = (modules: readonly Pick<Module, 'events'>[]): EventType[] => {
  const events = modules.flatMap((module) => (module.events ?? []).flatMap((catalogue) => Object.values(catalogue)));
  return [...new Map(events.map((event) => [event.name, event])).values()];
};

const split = (name: string): readonly [domain: string, event: string] => {
  const [domain = '', event = ''] = name.split('.');
  return [domain, event];
};

const toReference = (...path: readonly string[]): Json => ({ $ref: `#/${path.join('/')}` });

/** Adds the schemas of every version, because events of earlier ones are kept. Returns the message of the newest one. */
const toMessage = ({ name, version, earlier, payload }: EventType, registry: SchemaRegistry): Json => {
  for (const [index, { payload: previous }] of earlier.entries()) {
    registry.add(toEventType({ name, version: index + 1 }), registry.toJson(previous));
  }
  const type = toEventType({ name, version });
  const data = registry.add(type, registry.toJson(payload));
  const properties = { type: { const: type }, data };
  return {
    name: type,
    title: toTitle(split(name)[1]),
    contentType: 'application/cloudevents+json',
    payload: { allOf: [registry.toJson(CloudEvent), { type: 'object', properties, required: ['type', 'data'] }] },
  };
};

const toChannel = (domain: string, types: readonly string[]): Json => ({
  address: domain,
  title: toTitle(domain),
  description: `The events whose names begin with \`${domain}.\`.`,
  messages: Object.fromEntries(types.map((type) => [type, toReference('components', 'messages', type)])),
});

/** Creates the AsyncAPI 3.0 document of events: a channel for each domain. The result depends only on its arguments. */
export const createAsyncApi = ({ title, events }: AsyncApiOptions): Json => {
  const registry = createSchemaRegistry('draft-7');
  const messages = Object.fromEntries(events.map((event) => [toEventType(event), toMessage(event, registry)]));
  const domains = [...Map.groupBy(events, ({ name }) => split(name)[0])];
  return {
    asyncapi: '3.0.0',
    info: {
      title: `${title} events`,
      version: '1.0.0',
      description,
      contact: { name: 'Plinth', url: 'https://plinth.example' },
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(domains.map(([domain, all]) => [domain, toChannel(domain, all.map(toEventType))])),
    operations: Object.fromEntries(
      domains.map(([domain]) => [
        `send.${domain}`,
        { action: 'send', channel: toReference('channels', domain), summary: `Sends the events of ${domain}.` },
      ]),
    ),
    components: { messages, schemas: registry.components },
  };
};
