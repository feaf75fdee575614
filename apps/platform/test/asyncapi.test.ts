import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Parser } from '@asyncapi/parser';
import { type ReceivedEvent, toCloudEvent } from '@plinth/data-kit';
import { listEvents } from '@plinth/service-kit';
import { createId } from '@plinth/testing';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { createArtifacts } from '../src/artifacts/artifacts.ts';
import { modules } from '../src/modules.ts';

type Document = { channels: Record<string, object> };

const readDocument = (): Document => JSON.parse(createArtifacts()['docs/asyncapi.json'] ?? '') as Document;

/** The severity of hints, such as that of a newer version of AsyncAPI. */
const hint = 2;

/** Returns the errors and warnings of the official parser. */
const parse = async (document: object): Promise<string[]> => {
  const { diagnostics } = await new Parser().parse(JSON.stringify(document));
  return diagnostics.filter(({ severity }) => severity < hint).map(({ code, path }) => `${code} at ${path.join('/')}`);
};

const createEvent = (total: unknown): ReceivedEvent => {
  const orderId = createId();
  return {
    id: createId(),
    name: 'orders.order-placed',
    version: 1,
    source: 'orders',
    aggregateId: orderId,
    position: '1',
    at: new Date(),
    actor: { kind: 'user', id: createId() },
    requestId: 'request',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    payload: { orderId, lines: [{ productId: createId(), quantity: 1 }], total },
  };
};

/** Returns whether an envelope with this total matches the schema that the document has for its message. */
const isDescribed = (total: unknown): boolean => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(readDocument(), 'asyncapi.json');
  const sent = toCloudEvent(createEvent(total), { tenantId: createId(), publicUrl: 'https://api.example.com' });
  return ajv.validate({ $ref: 'asyncapi.json#/components/messages/orders.order-placed.v1/payload' }, sent);
};

describe('docs/asyncapi.json', () => {
  it('is valid AsyncAPI, without a warning', async () => {
    expect(await parse(readDocument())).toEqual([]);
  });

  it('describes the envelope and the data that are sent', () => {
    expect(isDescribed({ amount: 1250, currency: 'EUR' })).toBe(true);
    expect(isDescribed('1250')).toBe(false);
  });

  it('is refused by the parser with an unknown type or a missing message', async () => {
    const document = readDocument();
    Object.assign(document.channels['users'] ?? {}, { messages: { gone: { $ref: '#/components/messages/gone' } } });
    expect(await parse(document)).not.toEqual([]);
    expect(await parse({ ...readDocument(), info: { title: 1 } })).not.toEqual([]);
  });
});

/** The root of the repository, with a trailing slash. */
const root = fileURLToPath(new URL('../../../', import.meta.url));
// The library of the tests defines events of its own.
const sources = globSync(['packages/!(testing)/src/**/*.ts', 'apps/*/src/**/*.ts'], { cwd: root }).filter(
  (path) => !/\.test(-d)?\.ts$/.test(path) && /\bdefineEvents\(/.test(readFileSync(`${root}${path}`, 'utf8')),
);

const isEvent = (value: unknown): value is { readonly name: string } =>
  typeof value === 'object' && value !== null && 'earlier' in value && 'aggregate' in value;

/** Lists the events that a file exports, alone or in a catalogue. */
const listExported = async (path: string): Promise<string[]> => {
  const exported = Object.values((await import(`${root}${path}`)) as object);
  return exported
    .flatMap((value: unknown) => [value, ...(typeof value === 'object' && value !== null ? Object.values(value) : [])])
    .filter(isEvent)
    .map(({ name }) => name);
};

describe('every event', () => {
  it.each(sources)('that %s defines is declared by a module', async (path) => {
    const defined = await listExported(path);
    expect(defined).not.toEqual([]);
    expect(listEvents(modules).map(({ name }) => name)).toEqual(expect.arrayContaining(defined));
  });

  it('is declared by the module of its domain, where there is one', () => {
    expect(sources.length).toBeGreaterThan(2);
    for (const { name: module, ...spec } of modules) {
      const foreign = listEvents([spec]).filter(({ name }) => {
        const [domain] = name.split('.');
        return domain !== module && modules.some((other) => other.name === domain);
      });
      expect(foreign).toEqual([]);
    }
  });
});
