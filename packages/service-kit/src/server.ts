import { createPolicy, createUserAccessCache, type TokenVerifier, type UserAccessCache } from '@plinth/auth';
import type { Contract } from '@plinth/contract-kit';
import type { Clock, Datastore, Ids, ModuleStore } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import { createMetrics, type Metrics, type Tracing } from '@plinth/telemetry';
import type { FastifyPluginAsync } from 'fastify';
import { listEvents } from './asyncapi/document.ts';
import type { Serialization } from './http/serialize.ts';
import { createRequestTelemetry, measureDatastore, measureTracing } from './http/telemetry.ts';
import { createHttpApp, type HttpApp } from './http-app.ts';
import { implement } from './implement.ts';
import type { Module, TokenIssuer, UserAccessSource } from './module.ts';
import { assertLocalPorts, toModuleDeps } from './module-deps.ts';
import { listContractOwners, listJobRoutes, listOperationRoutes } from './operations/job-routes.ts';
import type { ConnectionLimits } from './plugins/connections.ts';
import type { Dependency } from './plugins/health.ts';
import type { LongResponseLimits } from './plugins/long-responses.ts';
import type { RateLimits } from './plugins/rate-limit.ts';
import type { ServedRoute } from './plugins/routes.ts';
import { createSecurityEvents, type SecurityEvents } from './security-events.ts';

export type ServerOptions = {
  readonly name: string;
  readonly modules: readonly Module[];
  /** The module that stores the users, if it is not one of `modules`. */
  readonly usersFrom?: Module | undefined;
  /** The module that stores the keys of tokens, if it is not one of `modules`. */
  readonly tokensFrom?: Module | undefined;
  /** The local ports of modules by their names, as `openLocalPorts` returns them. */
  readonly localPorts?: Readonly<Record<string, object>> | undefined;
  readonly datastore: Datastore;
  readonly verifier: TokenVerifier;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The address at which clients reach the API. */
  readonly publicUrl: string;
  readonly dependencies: readonly Dependency[];
  /** The origins whose pages may call the API from a browser. */
  readonly corsOrigins: readonly string[];
  /** Requests that are processed at a time. */
  readonly inFlightMax: number;
  readonly connectionLimits?: ConnectionLimits | undefined;
  /** Limits of responses that stream. */
  readonly longResponses?: LongResponseLimits | undefined;
  /** Without it no request is limited. `runService` always sets it. */
  readonly limits?: RateLimits | undefined;
  /** Returns how many documents a tenant may keep in each collection. Without it there is no limit. */
  readonly findRowsMax?: ((tenantId: string) => number | undefined) | undefined;
  /** The networks of trusted proxies, as CIDRs: only their `X-Forwarded-For` is believed. */
  readonly trustProxy?: readonly string[] | undefined;
  readonly serialization: Serialization;
  /** Sends an error that the route does not declare as it is, or refuses to. */
  readonly undeclared: 'send' | 'refuse';
  /** Called for every response that a contract does not declare. */
  readonly onViolation: (violation: string) => void;
  /** Further plugins of the host, such as that of a console. Their routes are operational. */
  readonly plugins?: readonly FastifyPluginAsync[] | undefined;
  /** Without it the metrics are collected and never read. */
  readonly metrics?: Metrics | undefined;
  /** Without it no trace is recorded. */
  readonly tracing?: Tracing | undefined;
};

/** The module that stores the users, and the cache of their access. */
export type ServedUsers = {
  readonly module: Pick<Module, 'name'>;
  readonly changedBy: UserAccessSource<never>['changedBy'];
  readonly changedForAllBy: UserAccessSource<never>['changedBy'];
  readonly access: UserAccessCache;
};

/** The module that stores the keys of tokens, and how they are found. */
export type ServedIssuer = {
  readonly module: Pick<Module, 'name'>;
  readonly changedBy: TokenIssuer<never>['changedBy'];
  readonly listKeys: ReturnType<TokenIssuer<never>['listKeys']>;
};

/** A server with every route of some modules. `prepare` migrates their databases, `assertPrepared` only compares them. */
export type Server = HttpApp & {
  readonly prepare: () => Promise<void>;
  readonly assertPrepared: () => Promise<void>;
  /** Undefined when no module stores users: then tokens are not compared with them. */
  readonly users: ServedUsers | undefined;
  /** Undefined when no module stores keys: then only those of the settings are trusted. */
  readonly issuer: ServedIssuer | undefined;
  readonly security: SecurityEvents;
};

/** A module with its part of the datastore and its operations. */
type OpenModule = {
  readonly module: Module;
  readonly store: ModuleStore<Module['collections']>;
  readonly service: object;
  readonly users: ServedUsers | undefined;
  readonly issuer: ServedIssuer | undefined;
};

const openModule = (module: Module, options: ServerOptions): OpenModule => {
  assertLocalPorts([module], options);
  const { datastore, clock, ids, tracing, findRowsMax, localPorts } = options;
  const store = datastore.open(module, { clock, ids, findRowsMax, traceBatch: tracing?.traceBatch });
  const deps = toModuleDeps(module, store, { clock, ids, localPorts });
  const { userAccess, tokenIssuer } = module;
  const users = userAccess && {
    module,
    changedBy: userAccess.changedBy,
    changedForAllBy: userAccess.changedForAllBy ?? [],
    access: createUserAccessCache(userAccess.find(deps)),
  };
  const issuer = tokenIssuer && {
    module,
    changedBy: tokenIssuer.changedBy,
    listKeys: tokenIssuer.listKeys(deps),
  };
  return { module, store, service: module.create(deps).service, users, issuer };
};

const listRoutes = ({ module, store, service }: OpenModule): ServedRoute[] =>
  module.contracts.flatMap((contract) =>
    implement(contract)(service as never).map((binding) => ({ ...binding, findStore: () => store })),
  );

const assertDistinct = (contracts: readonly Contract[]): void => {
  const seen = new Set<string>();
  for (const operationId of contracts.flatMap(({ routes }) => Object.keys(routes))) {
    if (seen.has(operationId)) {
      throw new TypeError(
        `Two routes are called '${operationId}'. Rename one: the name is its operation id everywhere.`,
      );
    }
    seen.add(operationId);
  }
};

/** @throws a `TypeError` when several modules store users. */
const findUsers = (openModules: readonly OpenModule[], options: ServerOptions): ServedUsers | undefined => {
  const opened = options.usersFrom ? [...openModules, openModule(options.usersFrom, options)] : openModules;
  const [users, other] = opened.flatMap(({ users: own }) => (own ? [own] : []));
  if (!other) return users;
  throw new TypeError(
    `The modules '${users?.module.name}' and '${other.module.name}' both declare 'userAccess'. Declare it in the module that stores users.`,
  );
};

/** @throws a `TypeError` when several modules store the keys of tokens. */
const findIssuer = (openModules: readonly OpenModule[], options: ServerOptions): ServedIssuer | undefined => {
  const opened = options.tokensFrom ? [...openModules, openModule(options.tokensFrom, options)] : openModules;
  const [issuer, other] = opened.flatMap(({ issuer: own }) => (own ? [own] : []));
  if (!other) return issuer;
  throw new TypeError(
    `The modules '${issuer?.module.name}' and '${other.module.name}' both declare 'tokenIssuer'. Declare it in the module that stores the keys.`,
  );
};

/** Creates one server for modules. Each has its own database; they share only the process. */
export const createServer = async (options: ServerOptions): Promise<Server> => {
  const { modules, logger, metrics = createMetrics(), tracing } = options;
  const owners = listContractOwners(modules);
  const contracts = owners.flatMap((owner) => owner.contracts);
  assertDistinct(contracts);
  measureDatastore(metrics, options.datastore);
  if (tracing) measureTracing(metrics, tracing);
  const openModules = modules.map((module) => openModule(module, options));
  const users = findUsers(openModules, options);
  const issuer = findIssuer(openModules, options);
  const security = createSecurityEvents({ logger, metrics });
  const app = await createHttpApp({
    ...options,
    contracts,
    events: listEvents(modules),
    routes: [
      ...openModules.flatMap(listRoutes),
      ...listJobRoutes(openModules),
      ...listOperationRoutes(openModules, options.clock),
    ],
    userAccess: users?.access,
    security,
    policy: createPolicy([...new Set(contracts.map(({ permissions }) => permissions))]),
    limits: options.limits,
    metrics,
    telemetry: createRequestTelemetry({ ...options, modules: owners, metrics }),
    trustProxy: options.trustProxy,
  });
  app.server.addHook('onClose', async () => security.stop());
  const forEachStore = async (step: 'prepare' | 'assertPrepared'): Promise<void> => {
    const run = ({ module, store }: OpenModule): Promise<void> =>
      store[step](({ event, fields }) => logger.info(event, { module: module.name, ...fields }));
    await Promise.all(openModules.map(run));
  };
  return {
    ...app,
    users,
    issuer,
    security,
    prepare: () => forEachStore('prepare'),
    assertPrepared: () => forEachStore('assertPrepared'),
  };
};
