import {
  commonErrors,
  getListItem,
  getSuccess,
  hasVersion,
  Operation as LongOperation,
  type RouteSpec,
} from '@plinth/contract-kit';
import { z } from 'zod';
import { toPage } from './list.ts';
import type { MockRequest } from './request.ts';
import { changeResource, createResource, type Fields, getExample, returnsSame, toStoredBody } from './resource.ts';
import type { Resource, Store } from './store.ts';

/** The path of a route: its collection, the parameter of the resource in it, and the rest. */
type Target = { readonly collection: string; readonly param: string | undefined; readonly tail: string | undefined };

const readTarget = (path: string): Target => {
  const [, collection = path, param, tail] = /^(.*)\/:(\w+)(?:\/([^:]+))?$/.exec(path) ?? [];
  return { collection, param, tail };
};

/** The route that returns one resource of the collection which a route is about. */
const findItemRoute = (route: RouteSpec, routes: readonly RouteSpec[]): RouteSpec | undefined => {
  const { collection } = readTarget(route.path);
  return routes.find(({ method, path }) => {
    const target = readTarget(path);
    return (
      method === 'GET' && target.collection === collection && target.param !== undefined && target.tail === undefined
    );
  });
};

export type Operation = {
  readonly route: RouteSpec;
  readonly request: MockRequest;
  readonly store: Store;
  readonly routes: readonly RouteSpec[];
  /** Returns fields that replace those of the response; it may throw a problem of the route. */
  readonly respond: (resource: Resource | undefined) => Fields | undefined;
};

const fill = (path: string, params: Readonly<Record<string, string>>): string =>
  path.replace(/:(\w+)/g, (_, name: string) => (params[name] ?? '').toLowerCase());

const assertVersion = ({ ifMatch }: MockRequest, resource: Resource): void => {
  if (ifMatch === undefined) return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes(`"${String(resource['version'])}"`)) throw commonErrors.staleVersion();
};

/** Returns the resource that a path names. @throws `not-found`. */
const getNamed = ({ route, request, store }: Operation): Resource | undefined => {
  const { collection, param, tail } = readTarget(route.path);
  if (param === undefined) return undefined;
  const [path, id] = [fill(collection, request.params), request.params[param] ?? ''];
  const resource = tail === 'restoration' ? store.findRemoved(path, id) : store.find(path, id);
  if (!resource) throw commonErrors.notFound();
  return resource;
};

const read = (operation: Operation): unknown => {
  const { route, request, store, respond } = operation;
  const named = getNamed(operation);
  const { schema } = getSuccess(route);
  const path = fill(route.path, request.params);
  // The result of an operation is empty: a mock does nothing after its response.
  if (route.stream) return named ? [] : store.list(path.slice(0, path.lastIndexOf('/')));
  const item = getListItem(route.query);
  if (item) return toPage(store.list(path), request.query, Object.keys(item.shape));
  const isItem = named !== undefined && readTarget(route.path).tail === undefined;
  return { ...(isItem ? named : getExample(schema)), ...respond(named) };
};

const operationsPath = '/v1/operations';

/** Stores a long operation as it is when it has ended: a mock does nothing after its response. */
const storeEnded = (started: Resource, path: string, { store, routes }: Operation): void => {
  const hasResult = routes.some((other) => other.method === 'GET' && readTarget(other.path).collection === path);
  const ended = {
    ...started,
    status: 'succeeded',
    version: 2,
    progress: { done: 0, failed: 0, total: 0 },
    endedAt: started['updatedAt'],
    ...(hasResult && { result: { path: `${path}/${started.id}` } }),
  };
  for (const collection of [path, operationsPath]) store.put(collection, ended);
};

/** Returns a created resource as it is stored. A response that the list cannot have is no resource: that of a sign-in has tokens, and starts a session. */
const toStored = (created: Resource, { route, routes }: Operation): Resource => {
  const list = routes.find(({ method, path, query }) => method === 'GET' && path === route.path && getListItem(query));
  const item = getListItem(list?.query);
  if (!item || z.safeParse(item, created).success) return created;
  return { ...getExample(item), id: created.id, version: 1 };
};

const write = (operation: Operation): unknown => {
  const { route, request, store, routes, respond } = operation;
  const named = getNamed(operation);
  const { collection } = readTarget(route.path);
  const [path, parent] = [fill(route.path, request.params), fill(collection, request.params)];
  if (named) assertVersion(request, named);
  const fields = respond(named);
  const { status, schema } = getSuccess(route);
  if (named && route.method === 'DELETE') store.remove(parent, named.id);
  if (status === 204) return undefined;
  if (named && returnsSame(route, findItemRoute(route, routes))) {
    // The body of a patch may remove fields; that of another route names fields or describes an event.
    const body = route.method === 'POST' ? {} : (request.body as Fields);
    const changed = { ...changeResource(route, named, body), ...fields };
    store.put(parent, changed);
    return changed;
  }
  const created = { ...createResource(route, toStoredBody(route, request.body)), ...fields } as Resource;
  if (status === 201) store.put(path, toStored(created, operation));
  if (schema !== LongOperation) return created;
  const started = { ...created, status: 'running', progress: { done: 0, failed: 0 }, errors: [] };
  storeEnded(started, path, operation);
  return started;
};

/** Performs an operation on the store. Returns its response: a resource, a page, a list of items to stream, or nothing. */
export const operate = (operation: Operation): unknown =>
  operation.route.method === 'GET' ? read(operation) : write(operation);

/** The `ETag` of a response. */
export const toETag = (route: RouteSpec, response: unknown): string | undefined =>
  hasVersion(route) ? `"${String((response as Fields)['version'])}"` : undefined;

/** Returns the collection of a resource that a route creates and another one returns. */
export const findLocation = (route: RouteSpec, routes: readonly RouteSpec[], path: string): string | undefined => {
  const { status, schema } = getSuccess(route);
  if (schema === LongOperation && route.method === 'POST') return operationsPath;
  const isReturned = routes.some(
    (other) => other.method === 'GET' && other.path.replace(/\/:\w+$/, '') === route.path && other.path !== route.path,
  );
  return status === 201 && isReturned ? path : undefined;
};
