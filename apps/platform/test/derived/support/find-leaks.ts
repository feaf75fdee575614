import { isDeepStrictEqual } from 'node:util';
import type { TestResponse } from '@plinth/service-kit/testing';
import { createId, mapConcurrently } from '@plinth/testing';
import { z } from 'zod';
import { createRequest, type Request, toSent } from './requests.ts';
import type { NamedRoute } from './routes.ts';
import type { OpenModules, Traffic } from './traffic.ts';
import { listPaths, replaceAt } from './values.ts';

type Fields = Readonly<Record<string, unknown>>;
type Place = { readonly name: string; readonly put: (request: Request, id: string) => Request };

/** Returns the stored documents of a tenant, by collection. */
const listCollections = ({ modules, datastore }: OpenModules, tenantId: string): Promise<Fields[][]> =>
  Promise.all(
    modules.flatMap((module) =>
      Object.values(module.collections).map(async ({ name }) =>
        (await datastore.raw(module.name, name).all()).filter((document) => document['tenantId'] === tenantId),
      ),
    ),
  );

/** Returns the stored documents of a tenant. */
export const listStored = async (opened: OpenModules, tenantId: string): Promise<Fields[]> =>
  (await listCollections(opened, tenantId)).flat();

const idForm = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

const listTexts = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null && !(value instanceof Date)
    ? Object.values(value).flatMap(listTexts)
    : [];
};

const listQueryNames = ({ route: { query } }: NamedRoute): string[] => [
  ...(query ? Object.keys(z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' }).properties ?? {}) : []),
  'tenantId',
  'tenantId[$ne]',
];
const headerNames = ['x-tenant-id', 'tenantid', 'x-forwarded-host', 'if-none-match', 'x-request-id', 'idempotency-key'];

/** Returns each place of a request in which an id can be sent: path, query, headers, and every text and object of the body. */
const listPlaces = (named: NamedRoute, request: Request): Place[] => {
  const segments = request.path.split('/');
  const inPath = [...segments.keys()].filter((index) => idForm.test(segments[index] ?? ''));
  const objects = request.body === undefined ? [] : [[], ...listPaths(request.body)];
  const read = (path: (typeof objects)[number]): unknown =>
    path.reduce<unknown>((value, name) => (value as Record<string | number, unknown>)[name], request.body);
  const texts = objects.filter((path) => typeof read(path) === 'string');
  return [
    ...inPath.map((index) => ({
      name: `path ${index}`,
      put: (sent: Request, id: string) => ({ ...sent, path: segments.with(index, id).join('/') }),
    })),
    ...listQueryNames(named).map((name) => ({
      name: `query ${name}`,
      put: (sent: Request, id: string) => ({ ...sent, query: { ...sent.query, [name]: id } }),
    })),
    ...headerNames.map((name) => ({
      name: `header ${name}`,
      put: (sent: Request, id: string) => ({ ...sent, headers: { ...sent.headers, [name]: id } }),
    })),
    ...texts.map((path) => ({
      name: `body ${path.join('.')}`,
      put: (sent: Request, id: string) => ({ ...sent, body: replaceAt(request.body, path, id) }),
    })),
    ...(request.body === undefined ? [] : ['tenantId', '_id', 'id']).map((name) => ({
      name: `body ${name}`,
      put: (sent: Request, id: string) => ({ ...sent, body: { ...(request.body as object), [name]: id } }),
    })),
  ];
};

/** Returns the parts of an error that may not depend on the existence of a resource in another tenant. */
const toOutcome = ({ status, body }: TestResponse, id: string): unknown =>
  JSON.parse(JSON.stringify([status, body?.code, body?.data, body?.errors] as const).replaceAll(id, 'ID'));

type Attempt = { readonly named: NamedRoute; readonly request: Request; readonly place: Place; readonly id: string };

const concurrency = 16;

const unlike = 'responds to an id of another tenant unlike to an unknown one';

type LeakOptions = { readonly owner: Traffic; readonly outsider: Traffic; readonly everyPlace?: boolean };

/** Returns an id of each collection for a route, another one for the next route. */
const chooseIds = (collections: readonly (readonly string[])[], routeIndex: number): string[] =>
  collections.flatMap((ids) => (ids.length > 0 ? [ids[routeIndex % ids.length] as string] : []));

/**
 * Puts the ids of one tenant into the requests of another: with `everyPlace` each id into the path of each route and into all other
 * places; otherwise for each route some ids of each collection, and the other places in turn. Returns a sentence for each response that
 * has data of the tenant, that differs from the response to an unknown id, and for each change of its documents.
 */
export const findLeaks = async (
  opened: OpenModules,
  { owner, outsider, everyPlace = false }: LeakOptions,
): Promise<{ readonly findings: string[]; readonly requestCount: number }> => {
  const stored = await listCollections(opened, owner.tenantId);
  const before = stored.flat();
  const byCollection = [...stored.map((documents) => documents.map(({ _id }) => String(_id))), [owner.tenantId]];
  const all = [...new Set(byCollection.flat())];
  const attempts = opened.routes.flatMap((named, routeIndex) => {
    const ids = everyPlace ? all : chooseIds(byCollection, routeIndex);
    const { resources, choices } = outsider;
    const create = (): Request => createRequest(named.route, { resources, choices });
    const places = listPlaces(named, create());
    const isPath = ({ name }: Place): boolean => name.startsWith('path');
    const [paths, others] = [places.filter(isPath), places.filter((place) => !isPath(place))];
    const turns = Array.from({ length: Math.max(ids.length, others.length) }, (_, turn) => turn);
    return turns.flatMap((turn) => {
      const id = ids[turn % ids.length] as string;
      const inTurn = everyPlace ? others : [others[turn % others.length] as Place];
      const chosen = [...(turn < ids.length ? paths : []), ...inTurn];
      return chosen.map((place): Attempt => ({ named, request: create(), place, id }));
    });
  });
  const sentTexts = attempts.flatMap(({ request }) => listTexts(request.body));
  const known = new Set([...listTexts(await listStored(opened, outsider.tenantId)), ...sentTexts]);
  // The other tenant may store itself the texts that it sends, such as examples and ids. Names of states and operators are not secret.
  const isSecret = (text: string): boolean =>
    text.length > 8 && !known.has(text) && !all.includes(text) && !/^[a-z][A-Za-z-]*$/.test(text);
  const secrets = [...new Set(before.flatMap(listTexts))].filter(isSecret);
  const findings: string[] = [];
  let requestCount = 0;

  const send = (request: Request): Promise<TestResponse> => {
    requestCount += 1;
    return outsider.caller.send(toSent(request));
  };
  const withNewKey = (request: Request): Request =>
    'idempotency-key' in request.headers
      ? { ...request, headers: { ...request.headers, 'idempotency-key': createId() } }
      : request;

  const findDifference = async (response: TestResponse, { request, place, id }: Attempt): Promise<string[]> => {
    const isPath = place.name.startsWith('path');
    if (response.status < 400) return isPath ? [`accepts the id ${id} of another tenant`] : [];
    if (!isPath && !place.name.startsWith('body')) return [];
    const unknown = createId();
    const expected = await send(place.put(withNewKey(request), unknown));
    const isSame = isDeepStrictEqual(toOutcome(response, id), toOutcome(expected, unknown));
    return isSame ? [] : [unlike];
  };

  const tryPlace = async (attempt: Attempt): Promise<string[]> => {
    const { named, request, place, id } = attempt;
    const sent = place.put(request, id);
    const response = await send(sent);
    const text = JSON.stringify(toSent(sent));
    const leaked = secrets.filter((secret) => response.text.includes(secret) && !text.includes(secret));
    const faults = leaked.map((secret) => `shows ${secret} of another tenant`);
    const all = [...faults, ...(await findDifference(response, attempt))];
    return all.map((fault) => `${named.operationId} (${place.name}) ${fault}`);
  };

  const found = await mapConcurrently(attempts, tryPlace, concurrency);
  // A value that the outsider has stored itself, as in a name, is not unknown in that field any more.
  const own = await listStored(opened, outsider.tenantId);
  const isOwn = ({ place, id }: Attempt): boolean =>
    own.some((document) => place.name.startsWith('body') && document[place.name.slice('body '.length)] === id);
  // Concurrent requests can change the resource in between, so each finding is confirmed alone.
  for (const attempt of attempts.filter((_, index) => found[index]?.length)) {
    const faults = await tryPlace({ ...attempt, request: withNewKey(attempt.request) });
    findings.push(...faults.filter((fault) => !(isOwn(attempt) && fault.endsWith(unlike))));
  }
  if (!isDeepStrictEqual(await listCollections(opened, owner.tenantId), stored))
    findings.push('Documents of another tenant changed.');
  return { findings, requestCount };
};
