import { describe, expect, it } from 'vitest';
import { createOpenApi, listErrors } from '../src/index.ts';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsContract, thingsModule } from './things.ts';

type Media = { schema: Record<string, unknown>; example?: unknown; examples?: Record<string, unknown> };
type Response = { headers: Record<string, object>; content: Record<string, Media> };
type Operation = {
  description: string;
  deprecated?: true;
  parameters: readonly Record<string, unknown>[];
  responses: Record<string, Response>;
};
type Document = {
  info: Record<string, unknown>;
  servers: unknown;
  tags: unknown;
  paths: Record<string, Record<string, Operation>>;
  components: Record<'headers' | 'schemas' | 'examples' | 'parameters' | 'responses', Record<string, object>>;
};

const document = createOpenApi({ title: 'Things', contracts: [thingsContract] }) as Document;
const { components } = document;

/** Returns a part of the document with what its references to parameters and responses refer to. */
const dereference = <T>(part: T): T =>
  JSON.parse(JSON.stringify(part), (_, value) => {
    const [, section, name] = /^#\/components\/(parameters|responses)\/(.+)$/.exec(value?.$ref ?? '') ?? [];
    return section === undefined ? value : components[section as 'parameters'][String(name)];
  });

const paths = dereference(document.paths);
const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
const responses = operations.flatMap((operation) => Object.entries(operation.responses));
const getOperation = (method: string, path: string): Operation => {
  const operation = paths[path]?.[method];
  if (!operation) throw new TypeError(`No operation ${method} ${path}.`);
  return operation;
};
const getHeaders = (method: string, path: string, status: number): string[] =>
  Object.keys(getOperation(method, path).responses[status]?.headers ?? {});

const common = ['RateLimit', 'RateLimit-Policy', 'X-Request-Id'];

describe('the OpenAPI document', () => {
  it('has name, version, contact, license and servers', () => {
    expect(document.info).toEqual({
      title: 'Things',
      version: '1.0.0',
      description: expect.any(String),
      contact: { name: expect.any(String), url: expect.any(String) },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    });
    expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/' }], tags: [{ name: 'things' }] });
  });

  it('is the same for the same contracts, and is the one that the host serves', async () => {
    expect(createOpenApi({ title: 'Things', contracts: [thingsContract] })).toEqual(document);
    const { body } = await host.current.anonymous.get('/openapi.json');
    expect(body).toEqual({ ...document, info: { ...document.info, title: body.info.title } });
  });

  it('has every route with its security, permission, parameters and errors', () => {
    const create = getOperation('post', '/v1/things');
    expect(create).toMatchObject({
      operationId: 'createThing',
      security: [{ bearer: [] }],
      'x-permission': 'things:write',
    });
    expect(Object.keys(create.responses).join(' ')).toBe('201 400 401 403 406 408 409 413 415 422 429 431 500 503 504');
    expect(getOperation('get', '/v1/ping')).toMatchObject({ security: [] });
    expect(getOperation('get', '/v1/things/{id}').parameters).toMatchObject([
      { name: 'id', in: 'path', required: true },
      { name: 'If-None-Match', in: 'header', required: false },
    ]);
  });

  it('has each named schema once, and refers to nothing else', () => {
    expect(Object.keys(components.schemas)).toEqual(
      expect.arrayContaining(['Thing', 'PartialThing', 'ThingPage', 'Problem']),
    );
    const text = JSON.stringify(document);
    for (const [, section, name] of text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)) {
      expect(Object.keys(components[section as 'schemas']), section).toContain(name);
    }
    const { content } = getOperation('get', '/v1/things/{id}').responses[200] ?? {};
    expect(content?.['application/json']?.schema).toEqual({ $ref: '#/components/schemas/Thing' });
    expect(components.schemas['ThingPage']).toMatchObject({
      properties: { items: { items: { $ref: '#/components/schemas/Thing' } } },
    });
  });
});

describe('a part that several operations have', () => {
  it('is a component that they refer to, named for its codes or its DTO', () => {
    const { get, delete: remove } = document.paths['/v1/things/{id}'] ?? {};
    const { parameters, responses: shared } = get ?? {};
    expect(parameters).toEqual([
      { $ref: '#/components/parameters/id' },
      { $ref: '#/components/parameters/If-None-Match' },
    ]);
    expect(shared).toMatchObject({
      200: { $ref: '#/components/responses/Thing.ETag' },
      304: { $ref: '#/components/responses/Not-modified.ETag' },
      401: { $ref: '#/components/responses/unauthenticated-or-token-expired' },
      404: { $ref: '#/components/responses/not-found' },
    });
    expect(remove?.responses[404]).toEqual({ $ref: '#/components/responses/not-found.Idempotency-Replayed' });
  });

  it('occurs once', () => {
    for (const section of ['parameters', 'responses'] as const) {
      const texts = Object.values(components[section]).map((value) => JSON.stringify(value));
      expect(new Set(texts).size).toBe(texts.length);
      const inline = JSON.stringify(document.paths);
      for (const text of texts) expect(inline).not.toContain(text);
    }
  });
});

describe('the headers of a response', () => {
  it('are declared on every response', () => {
    for (const [status, { headers }] of responses) {
      expect(Object.keys(headers)).toEqual(expect.arrayContaining(status === '431' ? ['X-Request-Id'] : common));
    }
    const used = new Set(responses.flatMap(([, { headers }]) => Object.keys(headers)));
    expect([...used].toSorted()).toEqual([...Object.keys(components.headers), 'Cache-Control'].toSorted());
  });

  it.each([
    ['post', '/v1/things', 201, ['ETag', 'Location', 'Idempotency-Replayed']],
    ['post', '/v1/payments', 201, ['ETag', 'Idempotency-Replayed']],
    ['get', '/v1/things/{id}', 200, ['ETag']],
    ['get', '/v1/things/{id}', 304, ['ETag']],
    ['get', '/v1/cached-things/{id}', 304, ['ETag', 'Cache-Control']],
    ['delete', '/v1/things/{id}', 204, ['Idempotency-Replayed']],
    ['delete', '/v1/things/{id}', 404, ['Idempotency-Replayed']],
    ['delete', '/v1/things/{id}', 412, []],
    ['get', '/v1/things/{id}', 401, ['WWW-Authenticate']],
    ['get', '/v1/things/{id}', 429, ['Retry-After']],
    ['get', '/v1/things/{id}', 503, ['Retry-After']],
    ['get', '/v1/things/{id}', 404, []],
    ['get', '/v1/old-things', 200, ['Deprecation', 'Link', 'Sunset']],
    ['get', '/v1/old-things', 400, ['Deprecation', 'Link', 'Sunset']],
  ])('of %s %s %i are the common ones and %j', (method, path, status, names) => {
    expect(getHeaders(method, path, status).toSorted()).toEqual([...common, ...names].toSorted());
  });

  it('name the caching of a contract, on its success only', () => {
    const getControls = (path: string) =>
      Object.entries(getOperation('get', path).responses).flatMap(([status, { headers }]) => {
        const control = headers['Cache-Control'] as { schema: { enum: string[] } } | undefined;
        return control ? [[status, ...control.schema.enum]] : [];
      });
    expect(getControls('/v1/cached-things/{id}')).toEqual([
      ['200', 'private, max-age=60'],
      ['304', 'private, max-age=60'],
    ]);
    expect(getControls('/v1/rates')).toEqual([
      ['200', 'public, max-age=3600'],
      ['304', 'public, max-age=3600'],
    ]);
    expect(getControls('/v1/things/{id}')).toEqual([]);
  });
});

describe('an error', () => {
  it('is Problem with its codes, in one schema for each set of codes and without const', () => {
    const { content } = getOperation('post', '/v1/things').responses[409] ?? {};
    expect(content?.['application/problem+json']?.schema).toEqual({ $ref: '#/components/schemas/NameTakenProblem' });
    expect(components.schemas['NameTakenProblem']).toEqual({
      allOf: [
        { $ref: '#/components/schemas/Problem' },
        { type: 'object', properties: { code: { type: 'string', enum: ['name-taken'] } } },
      ],
    });
    expect(components.schemas['ForbiddenProblem']).toMatchObject({
      allOf: [{}, { properties: { data: { properties: { permission: { type: 'string' } } } } }],
    });
    expect(components.schemas['IdempotencyMismatchOrTooHeavyProblem']).toMatchObject({
      allOf: [{}, { properties: { data: { properties: { maxGrams: { type: 'integer' } } } } }],
    });
    expect(JSON.stringify(components.schemas)).not.toContain('"const"');
  });

  it('has each code of a route under its status, with an example of its own', () => {
    const getCodes = (status: number): string[] =>
      Object.keys(
        getOperation('post', '/v1/things').responses[status]?.content['application/problem+json']?.examples ?? {},
      );
    expect(getCodes(422)).toEqual(['idempotency-mismatch', 'too-heavy']);
    expect(getCodes(409)).toEqual(['name-taken']);
    expect(components.examples['things.name-taken']).toMatchObject({ value: { status: 409, code: 'name-taken' } });
    expect(components.examples['not-found']).toMatchObject({ value: { status: 404, code: 'not-found' } });
  });

  it('of too many requests is declared for every route', () => {
    for (const operation of operations) expect(operation.responses).toHaveProperty('429');
    expect(listErrors([thingsContract]).map(({ code }) => code)).toContain('rate-limited');
  });
});

describe('an operation', () => {
  it.each([
    ['get', '/v1/ping', 'Needs no credential.'],
    ['get', '/v1/long', 'Needs a valid token, and no permission.'],
    ['post', '/v1/things', 'Needs the permission `things:write`.'],
  ])('describes who may call it: %s %s', (method, path, description) => {
    expect(getOperation(method, path).description).toBe(description);
  });

  it('of a list describes the combinations of filters and sorts', () => {
    expect(getOperation('get', '/v1/thing-list').description).toContain(
      'no filter sorted by -grams or name; name sorted by -grams',
    );
  });

  it('that streams declares lines of JSON instead of one item', () => {
    const { content } = getOperation('get', '/v1/thing-stream').responses[200] ?? {};
    expect(content?.['application/x-ndjson']).toMatchObject({
      schema: { type: 'string' },
      'x-item-schema': { $ref: '#/components/schemas/Thing' },
    });
  });
});

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));

describe('a deprecated operation', () => {
  it('is marked, and sends when it was deprecated and when it ends', async () => {
    expect(getOperation('get', '/v1/old-things')).toMatchObject({ deprecated: true });
    const link = '</docs>; rel="deprecation sunset"; type="text/html"';
    const deprecation = { deprecation: '@1767225600', sunset: 'Thu, 31 Dec 2026 00:00:00 GMT', link };
    expect(await host.current.anonymous.get('/v1/old-things')).toMatchObject({ status: 200, headers: deprecation });
    expect(await host.current.anonymous.get('/v1/old-things?a=1')).toMatchObject({ status: 400, headers: deprecation });
    expect((await host.current.anonymous.get('/v1/ping')).headers).not.toHaveProperty('deprecation');
  });
});
