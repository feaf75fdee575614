import { builtInRoles, type RouteSpec, requiresIdempotencyKey } from '@plinth/contract-kit';
import type { Datastore } from '@plinth/data-kit';
import { systemIds } from '../clock-and-ids.ts';
import type { Module } from '../module.ts';
import { listContractOwners } from '../operations/job-routes.ts';
import { createInterleaving, type Interleaved } from './interleave.ts';
import type { Caller, TestHostOptions, TestResponse } from './test-host.ts';
import { type CoverOptions, useTestHost } from './use-test-host.ts';

type Stored = Readonly<Record<string, unknown>>;

/** A datastore whose documents a test can read. */
type ReadableDatastore = Datastore &
  TestHostOptions['datastore'] & { raw(module: string, collection: string): { all(): Promise<Stored[]> } };

/** The input of an operation. The version becomes `If-Match`; the other fields are parameters of the path. */
export type CallInput = {
  readonly version?: number | readonly number[];
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  readonly [param: string]: unknown;
};

/** The caller is by default the owner of the tenant. A header with the value '' is not sent. */
export type CallOptions = { readonly as?: Caller; readonly headers?: Readonly<Record<string, string>> };

type ServiceOptions<D> = CoverOptions & {
  readonly module: Module;
  readonly openDatastore: () => Promise<D>;
  /** The local ports of the module, where it has some. */
  readonly localPorts?: object;
};

/** Converts an operation and its input to a request, with a new idempotency key where the route requires one. */
const toRequest = (
  route: RouteSpec,
  { version, query, body, ...params }: CallInput,
  headers: CallOptions['headers'],
) => {
  const ifMatch =
    version === undefined
      ? {}
      : {
          'if-match': [version]
            .flat()
            .map((number) => `"${number}"`)
            .join(', '),
        };
  const key = requiresIdempotencyKey(route) ? { 'idempotency-key': systemIds.next() } : {};
  const sent = Object.entries({ ...ifMatch, ...key, ...headers }).filter(([, value]) => value !== '');
  const search = query ? `?${new URLSearchParams(query as Record<string, string>).toString()}` : '';
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => (params[name] as string | undefined) ?? '');
  return { method: route.method, url: path + search, body, headers: Object.fromEntries(sent) };
};

/** Opens one module on a separate database, for the tests of a file. */
export const useModule = <D extends ReadableDatastore>({
  module,
  openDatastore,
  localPorts,
  ...coverage
}: ServiceOptions<D>) => {
  let datastore: D | undefined;
  let interleaving: ReturnType<typeof createInterleaving> | undefined;
  const open = async () => {
    datastore = await openDatastore();
    interleaving = createInterleaving(datastore);
    return {
      modules: [module],
      datastore: interleaving.datastore,
      ...(localPorts && { localPorts: { [module.name]: localPorts } }),
    };
  };
  const host = useTestHost(open, coverage);
  const contracts = listContractOwners([module]).flatMap((owner) => owner.contracts);
  const findContract = (operation: string) => contracts.find(({ routes }) => Object.hasOwn(routes, operation));
  const getRoute = (operation: string): RouteSpec => {
    const route = findContract(operation)?.routes[operation];
    if (!route) throw new TypeError(`The module '${module.name}' has no operation '${operation}'.`);
    return route;
  };
  const userWithRole = (role: string, tenantId = systemIds.next()): Promise<Caller> =>
    host.current.as({ id: systemIds.next(), tenantId, roles: [role] });
  return {
    module,
    get host() {
      return host.current;
    },
    get datastore() {
      return datastore as D;
    },
    getRoute,
    /** Returns the permission of an operation, and the built-in roles that do not have it. */
    getPermission: (operation: string) => {
      const { auth } = getRoute(operation);
      if (typeof auth !== 'object') throw new TypeError(`'${operation}' requires no permission.`);
      const roles = findContract(operation)?.permissions[auth.policy]?.roles ?? [];
      return { permission: auth.policy, refusedRoles: builtInRoles.filter((role) => !roles.includes(role)) };
    },
    userWithRole,
    /** Sends requests, and runs changes of other requests in the middle of each of their writes. */
    interleave: <T>(changes: Interleaved, call: () => Promise<T>): Promise<T> => {
      if (!interleaving) throw new TypeError('The module is open while tests run, not while they are declared.');
      return interleaving.during(changes, call);
    },
    /** Creates a tenant. Its owner sends the requests, unless `as` names another caller. */
    createTenant: async () => {
      const tenantId = systemIds.next();
      const owner = await userWithRole('owner', tenantId);
      return {
        tenantId,
        owner,
        call: (
          operation: string,
          input: CallInput = {},
          { as = owner, headers }: CallOptions = {},
        ): Promise<TestResponse> => as.send(toRequest(getRoute(operation), input, headers)),
        /** Creates a caller with a token of a user of this tenant. */
        as: ({ id }: { readonly id: string }, ...roles: readonly string[]) => host.current.as({ id, tenantId, roles }),
        /** Returns the stored documents of the tenant in a collection, or in all collections of the module. */
        stored: async (collection?: string): Promise<Stored[]> => {
          const names =
            collection === undefined ? Object.values(module.collections).map(({ name }) => name) : [collection];
          const all = await Promise.all(names.map((name) => (datastore as D).raw(module.name, name).all()));
          return all.flat().filter((document) => document['tenantId'] === tenantId);
        },
      };
    },
  };
};

/** A module that is open for the tests of a file. */
export type TestedModule = ReturnType<typeof useModule>;

/** A tenant of an open module. */
export type TestTenant = Awaited<ReturnType<TestedModule['createTenant']>>;

export const sortStatuses = (responses: readonly TestResponse[]): number[] =>
  responses.map(({ status }) => status).toSorted((left, right) => left - right);

/** Runs the same call many times concurrently. */
export const race = <T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)));

/** Returns the sorted statuses of a race with one successful call. */
export const oneWinner = (success: number, failure: number, count = 20): number[] => [
  success,
  ...Array.from({ length: count - 1 }, () => failure),
];
