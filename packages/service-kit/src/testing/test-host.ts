import type { TokenSubject } from '@plinth/auth';
import type { Contract, RouteSpec } from '@plinth/contract-kit';
import type { Datastore, FindUserAccess, UserAccess } from '@plinth/data-kit';
import { type CollectedLines, collectLines, createLogger } from '@plinth/logger';
import { createMetrics } from '@plinth/telemetry';
import type { FastifyInstance } from 'fastify';
import { systemClock, systemIds } from '../clock-and-ids.ts';
import { listTestedResponses, toResponseName } from '../http/declared-errors.ts';
import type { HttpApp } from '../http-app.ts';
import type { Module } from '../module.ts';
import { listContractOwners } from '../operations/job-routes.ts';
import { getRedactedFields } from '../redacted-fields.ts';
import { createServer, type ServerOptions } from '../server.ts';
import { createUserChanges } from '../subscribe-to-users.ts';
import { createCredentials } from './credentials.ts';

type OwnOptions = 'name' | 'modules' | 'datastore' | 'verifier' | 'logger' | 'publicUrl' | 'onViolation';

export type TestHostOptions = Partial<Omit<ServerOptions, OwnOptions>> & {
  readonly modules: readonly Module[];
  /** A datastore that may have a query guard. */
  readonly datastore: Datastore & { readonly guard?: { check(): Promise<string[]> } };
  /**
   * By default a token of `signToken` or `as` needs no stored user: a user who is not stored has the roles of the first token
   * with their id. With `stored`, such a token is refused, as in production.
   */
  readonly callers?: 'any' | 'stored';
};

export type TestResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The parsed body, or undefined if it is not JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- an assertion on a body reads its fields without a schema
  readonly body: any;
};

type TestRequest = {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Sends requests with one credential, or with none. */
export type Caller = {
  send(request: TestRequest): Promise<TestResponse>;
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<TestResponse>;
  post(url: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<TestResponse>;
};

export type TestHost = {
  readonly server: FastifyInstance;
  readonly contracts: readonly Contract[];
  readonly lines: CollectedLines;
  readonly drain: () => void;
  readonly checkReadiness: HttpApp['checkReadiness'];
  as(subject: TokenSubject): Promise<Caller>;
  readonly anonymous: Caller;
  signToken(subject: TokenSubject): Promise<string>;
  /** Ends the tokens that a user has. */
  revoke(subject: TokenSubject): void;
  /** Returns the faults since the last check: undeclared responses, and queries without tenant or index. */
  faults(): Promise<string[]>;
  /** Returns the responses of an operation that no request has caused, such as `409 conflict`, except those of the host. */
  unseenResponses(operationId: string): string[];
  close(): Promise<void>;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const createCaller = (server: FastifyInstance, credential: Readonly<Record<string, string>>): Caller => {
  const send = async ({ method, url, body, headers }: TestRequest): Promise<TestResponse> => {
    const response = await server.inject({
      method: method as 'GET',
      url,
      headers: { ...credential, ...headers },
      ...(body !== undefined && { payload: body as object }),
    });
    const { statusCode: status, body: text } = response;
    return { status, headers: response.headers, text, body: parseJson(text) };
  };
  return {
    send,
    get: (url, headers) => send({ method: 'GET', url, ...(headers && { headers }) }),
    post: (url, body, headers) => send({ method: 'POST', url, body, ...(headers && { headers }) }),
  };
};

/** Records the responses of each route. */
const recordResponses = (server: FastifyInstance, contracts: readonly Contract[]) => {
  const seen = new Map<RouteSpec, Set<string>>();
  server.addHook('onSend', async ({ routeOptions }, reply, body) => {
    const { contract } = routeOptions.config;
    if (!contract) return;
    const isProblem = String(reply.getHeader('content-type')).startsWith('application/problem+json');
    const { code } = isProblem ? JSON.parse(String(body)) : { code: undefined };
    seen.set(contract, (seen.get(contract) ?? new Set()).add(toResponseName(reply.statusCode, code)));
  });
  return (operationId: string): string[] => {
    const route = contracts.map(({ routes }) => routes[operationId]).find((found) => found);
    if (!route) throw new TypeError(`No contract has an operation '${operationId}'.`);
    return listTestedResponses(route).filter((name) => !seen.get(route)?.has(name));
  };
};

/** Callers of tests who are not stored. They have the roles of their first token. */
const createGuests = () => {
  const accesses = new Map<string, UserAccess>();
  return {
    add: ({ id, tenantId, roles }: TokenSubject): void => {
      const key = `${tenantId} ${id}`;
      if (!accesses.has(key)) accesses.set(key, { status: 'active', roles });
    },
    /** Returns the module with the guests added to its users. */
    admitTo: (module: Module): Module => {
      const { userAccess } = module;
      if (!userAccess) return module;
      const find = (deps: never): FindUserAccess => {
        const findStored = userAccess.find(deps);
        return async (ctx) => {
          const stored = await findStored(ctx);
          return stored.status === 'unknown' ? (accesses.get(`${ctx.tenantId} ${ctx.actor.id}`) ?? stored) : stored;
        };
      };
      return { ...module, userAccess: { ...userAccess, find } };
    },
  };
};

/** Opens a host for tests: real routes and tokens on a datastore. It reports responses that no contract declares. */
export const openTestHost = async (options: TestHostOptions): Promise<TestHost> => {
  const { datastore, clock = systemClock, callers = 'any' } = options;
  const { verifier, issuedKeys, revocations, signToken } = await createCredentials(clock);
  const guests = createGuests();
  const modules = callers === 'any' ? options.modules.map(guests.admitTo) : options.modules;
  const lines = collectLines();
  const classified = getRedactedFields(modules);
  const logger = createLogger({ level: 'debug', service: 'test', classified, destination: lines });
  const violations: string[] = [];
  const contracts = listContractOwners(modules).flatMap((owner) => owner.contracts);
  const { server, prepare, drain, users, issuer, security, checkReadiness } = await createServer({
    name: 'test',
    ids: systemIds,
    publicUrl: 'http://test.example',
    dependencies: [{ name: 'mongodb', required: true, check: datastore.ping }],
    corsOrigins: [],
    inFlightMax: 256,
    serialization: 'validated',
    undeclared: 'refuse',
    ...options,
    modules,
    clock,
    verifier,
    logger,
    onViolation: (violation) => violations.push(violation),
  });
  const unseenResponses = recordResponses(server, contracts);
  await prepare();
  const userChanges = createUserChanges(createMetrics());
  if (issuer) await issuedKeys.start(issuer, { security, logger });
  const servedIssuer = issuer && { ...issuer, keys: issuedKeys };
  await userChanges.start({ datastore, users, issuer: servedIssuer, revocations, clock, logger, security });
  await server.ready();
  const sign = (subject: TokenSubject): Promise<string> => {
    guests.add(subject);
    return signToken(subject);
  };
  return {
    server,
    contracts,
    lines,
    drain,
    checkReadiness,
    signToken: sign,
    as: async (subject) => createCaller(server, { authorization: `Bearer ${await sign(subject)}` }),
    anonymous: createCaller(server, {}),
    revoke: ({ id: user, tenantId }) =>
      revocations.revoke({ tenantId, subject: user, at: clock.now(), rolesOnly: false }),
    faults: async () => [...violations.splice(0), ...((await datastore.guard?.check()) ?? [])],
    unseenResponses,
    close: async () => {
      await server.close();
      issuedKeys.stop();
      await userChanges.stop();
      await datastore.close();
    },
  };
};
