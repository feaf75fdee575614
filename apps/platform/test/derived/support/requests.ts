import { type RouteSpec, requiresIdempotencyKey } from '@plinth/contract-kit';
import { createArbitrary, createId } from '@plinth/testing';
import fc from 'fast-check';
import { z } from 'zod';
import { type Resource, type Resources, toTargetPath } from './resources.ts';
import { getExample } from './routes.ts';
import { breakOnce, type Choices, listNames } from './values.ts';
export type Request = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

type RequestOptions = {
  readonly resources: Resources;
  readonly choices: Choices;
  readonly target?: Resource | undefined;
};

/** All versions that a resource can have, so that a change always matches the present one. */
export const anyVersion = Array.from({ length: 60 }, (_, index) => `"${index + 1}"`).join(', ');

const itemsMax = 3;

/** Sets the fields that name other resources, such as `productId`, and lengthens lists of objects with such fields. */
const withReferences = (value: unknown, { resources, choices, target }: RequestOptions): unknown => {
  const toId = (name: string, old: unknown, index: number): unknown => {
    const { own, all, unchanged } = resources.listReferences(name, target);
    // Resources that were changed may be in a state that refuses the reference.
    const lists = [own, own, unchanged, unchanged, all].filter(({ length }) => length > 0);
    const ids = lists.length > 0 ? choices.pick(lists) : [];
    return ids.length > 0 ? ids[(choices.number(ids.length) + index) % ids.length] : old;
  };
  const visit = (inner: unknown, name: string, index: number): unknown => {
    if (Array.isArray(inner)) {
      const isOfReferences = inner.length > 0 && listNames(inner).some((field) => /.Ids?$/.test(field));
      const count = isOfReferences ? choices.pick([inner.length, itemsMax]) : inner.length;
      return distinct(Array.from({ length: count }, (_, at) => visit(inner[at % inner.length], name, at)));
    }
    if (typeof inner === 'string' && /.Ids?$/.test(name)) return toId(name, inner, index);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([field, part]) => [field, visit(part, field, index)]));
  };
  return visit(value, '', 0);
};

const distinct = (items: unknown[]): unknown[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
];

const arbitraries = new WeakMap<object, fc.Arbitrary<unknown>>();

const sampleOf = (schema: NonNullable<RouteSpec['body']>, choices: Choices): Readonly<Record<string, unknown>> => {
  const arbitrary = arbitraries.get(schema) ?? createArbitrary(schema);
  arbitraries.set(schema, arbitrary);
  return choices.sample(arbitrary) as Readonly<Record<string, unknown>>;
};

/** Creates a body that the schema accepts: the example, the example with random texts and perhaps further fields, or a random one. */
export const createBody = ({ body: schema }: RouteSpec, options: RequestOptions): unknown => {
  if (!schema) return undefined;
  const example = getExample(schema);
  const sample = sampleOf(schema, options.choices);
  const fixed = Object.entries(example).filter(([, value]) => typeof value !== 'string');
  const mixed = { ...sample, ...Object.fromEntries(fixed) };
  // Without the fields that the example leaves out: a random one may name something that does not exist, such as a voucher.
  const plain = Object.fromEntries(Object.entries(mixed).filter(([name]) => Object.hasOwn(example, name)));
  const body = withReferences(options.choices.pick([example, plain, mixed, sample]), options);
  return z.safeParse(schema, body).success ? body : withReferences(example, options);
};

type Query = Request['query'];

const sampleQuery = ({ query: schema }: RouteSpec, { choices }: RequestOptions): [string, string][] =>
  schema ? Object.entries(sampleOf(schema, choices)).map(([name, value]) => [name, String(value)]) : [];

/** Creates the query that a route requires, if it requires one. */
const createQuery = (route: RouteSpec, options: RequestOptions): Query =>
  !route.query || z.safeParse(route.query, {}).success ? {} : Object.fromEntries(sampleQuery(route, options));

/** Adds some parameters, which may be supported only without each other. */
const extendQuery = (query: Query, route: RouteSpec, options: RequestOptions): Query => {
  const { choices } = options;
  const added = choices.shuffle(sampleQuery(route, options)).slice(0, choices.number(3));
  return { ...query, ...Object.fromEntries(added) };
};

const createHeaders = (route: RouteSpec): Record<string, string> => ({
  ...(route.method === 'GET' ? {} : { 'if-match': anyVersion }),
  ...(requiresIdempotencyKey(route) ? { 'idempotency-key': createId() } : {}),
  ...(route.body ? { 'content-type': 'application/json' } : {}),
});

/** Creates a request that the contract accepts, for a resource that the route can name, if there is one. */
export const createRequest = (route: RouteSpec, options: RequestOptions): Request => {
  const { resources, choices } = options;
  const targets = resources.listTargets(route);
  const target = options.target ?? (targets.length > 0 ? choices.pick(targets) : undefined);
  const body = createBody(route, { ...options, target });
  return {
    method: route.method,
    path: toTargetPath(route, target).replace(/:\w+/g, () => createId()),
    query: createQuery(route, options),
    headers: createHeaders(route),
    ...(body !== undefined && { body }),
  };
};

const encode = (value: string): string => encodeURIComponent(value.toWellFormed());

/** Encodes a path segment. URL parsers resolve an empty segment, one dot and two dots, so these are replaced. */
const toSegment = (id: string): string => (/^\.{0,2}$/.test(id) ? 'x' : encode(id));

const breakPath = (path: string, choices: Choices): string => {
  const segments = path.split('/');
  const ids = [...segments.keys()].filter((index) => /^[0-9a-f-]{36}$/.test(segments[index] ?? ''));
  if (ids.length === 0) return path;
  return segments.with(choices.pick(ids), toSegment(choices.text())).join('/');
};

const breakHeaders = (headers: Request['headers'], choices: Choices): Record<string, string> => {
  const names = [...Object.keys(headers), 'if-none-match', 'idempotency-key', 'accept', 'x-request-id', 'traceparent'];
  const name = choices.pick(names);
  const value = choices.pick(['', '"0"', 'W/"1"', '*', '"1', 'text/plain', 'a'.repeat(300), '"999999"', '-1']);
  return { ...headers, [name]: value };
};

const json = fc.jsonValue();

/** Replaces one part of a valid request, or several. */
export const breakRequest = (request: Request, route: RouteSpec, { choices }: RequestOptions): Request => {
  const parts = choices.shuffle(['path', 'query', 'headers', 'body', 'body', 'body'] as const);
  return parts.slice(0, choices.pick([1, 1, 2])).reduce((broken: Request, part) => {
    if (part === 'path') return { ...broken, path: breakPath(broken.path, choices) };
    if (part === 'headers') return { ...broken, headers: breakHeaders(broken.headers, choices) };
    if (part === 'query' || !route.body) {
      const names = Object.keys(route.query ? sampleOf(route.query, choices) : {});
      const name = choices.pick([...names, 'limit', 'cursor', 'fields', choices.text()]);
      return { ...broken, query: { ...broken.query, [name]: choices.text() } };
    }
    const body = choices.chance(0.2) ? choices.sample(json) : breakOnce(broken.body, choices);
    return { ...broken, body };
  }, request);
};

/** Creates valid, nearly valid and hostile requests. */
export const createAnyRequest = (route: RouteSpec, options: RequestOptions): Request => {
  const request = createRequest(route, options);
  const valid = { ...request, query: extendQuery(request.query, route, options) };
  return options.choices.chance(0.45) ? valid : breakRequest(valid, route, options);
};

/** Converts a request to the form of a caller. */
export const toSent = ({ path, query, body, ...request }: Request) => {
  const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return {
    ...request,
    url: search.length > 0 ? `${path}?${search.join('&')}` : path,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
};
