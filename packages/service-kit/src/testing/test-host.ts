import type { TokenSubject } from '@plinth/auth';
import { type Contract, type RouteSpec } from '@plinth/contract-kit';
import { type Clock, type Datastore, type Ids } from '@plinth/data-kit';
import { type CollectedLines, collectLines, createLogger } from '@plinth/logger';
import type { Metrics, Tracing } from '@plinth/telemetry';
import type { FastifyInstance } from 'fastify';
import { classifiedOf } from '../classified.ts';
import { systemClock, systemIds } from '../clock-and-ids.ts';
import { followRevocations } from '../follow-revocations.ts';
import { createHost } from '../host.ts';
import { declaredErrors, isOfHost } from '../http/declared.ts';
import type { AnswerMode } from '../http/encode.ts';
import type { LimitParts } from '../http/limits.ts';
import type { Dependency } from '../http/operations.ts';
import type { Module } from '../module.ts';
import { createCredentials } from './credentials.ts';

/** A datastore that may come with an alarm for queries that break a rule. */
type GuardedDatastore = Datastore & { readonly guard?: { check(): Promise<string[]> } };

export type TestHostOptions = {
  readonly modules: readonly Module[];
  readonly datastore: GuardedDatastore;
  /** The module whose journal tells that tokens were revoked; it is followed where it is served. Default: `users`. */
  readonly revocationsFrom?: string;
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly dependencies?: readonly Dependency[];
  readonly corsOrigins?: readonly string[];
  readonly inFlightMax?: number;
  /** Left out: nobody is limited. */
  readonly limits?: LimitParts;
  readonly trustProxy?: readonly string[];
  readonly answers?: AnswerMode;
  readonly undeclared?: 'send' | 'refuse';
  readonly metrics?: Metrics;
  readonly tracing?: Tracing | undefined;
};

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The parsed body. Tests know its shape; a wrong guess fails them. */
  // oxlint-disable-next-line typescript/no-explicit-any -- an assertion on a body reads its fields without a schema
  readonly body: any;
};

type Call = {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Sends requests, with the token of `subject` when one is given. */
export type Caller = {
  send(call: Call): Promise<Answer>;
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(url: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
};

export type TestHost = {
  readonly server: FastifyInstance;
  readonly contracts: readonly Contract[];
  readonly lines: CollectedLines;
  readonly drain: () => void;
  as(subject: TokenSubject): Promise<Caller>;
  readonly nobody: Caller;
  tokenOf(subject: TokenSubject): Promise<string>;
  /** What broke a rule since the last check: undeclared answers, and queries without tenant or index. */
  faults(): Promise<string[]>;
  /** The statuses that an operation declares and that no request of this host has seen; failures of ours excepted. */
  unseenStatuses(operationId: string): number[];
  close(): Promise<void>;
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const callerOf = (server: FastifyInstance, credential: Readonly<Record<string, string>>): Caller => {
  const send = async ({ method, url, body, headers }: Call): Promise<Answer> => {
    const answer = await server.inject({
      method: method as 'GET',
      url,
      headers: { ...credential, ...headers },
      ...(body !== undefined && { payload: body as object }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, body: jsonOf(answer.body) };
  };
  return {
    send,
    get: (url, headers) => send({ method: 'GET', url, ...(headers && { headers }) }),
    post: (url, body, headers) => send({ method: 'POST', url, body, ...(headers && { headers }) }),
  };
};

/** The statuses that a route declares; those excepted that come from the host. */
export const declaredStatusesOf = (route: RouteSpec): number[] => {
  const statuses = [...Object.keys(route.responses).map(Number), ...declaredErrors(route).map(({ status }) => status)];
  return [...new Set(statuses)].filter((status) => !isOfHost(status)).toSorted((left, right) => left - right);
};

const routeOf = (contracts: readonly Contract[], operationId: string): RouteSpec => {
  const route = contracts.map(({ routes }) => routes[operationId]).find((found) => found);
  if (!route) throw new TypeError(`No contract has an operation '${operationId}'.`);
  return route;
};

/** A host for tests: real routes, real tokens, the given datastore, and an alarm for what no contract declares. */
export const openTestHost = async (options: TestHostOptions): Promise<TestHost> => {
  const { modules, datastore, clock = systemClock, ids = systemIds, revocationsFrom = 'users' } = options;
  const { verifier, revocations, tokenOf } = await createCredentials(clock);
  const lines = collectLines();
  const logger = createLogger({
    level: 'debug',
    service: 'test',
    classified: classifiedOf(modules),
    destination: lines,
  });
  const violations: string[] = [];
  const contracts = modules.flatMap((module) => module.contracts);
  const host = await createHost({
    name: 'test',
    modules,
    datastore,
    verifier,
    logger,
    clock,
    ids,
    publicUrl: 'http://test.example',
    dependencies: options.dependencies ?? [{ name: 'mongodb', required: true, check: datastore.ping }],
    corsOrigins: options.corsOrigins ?? [],
    inFlightMax: options.inFlightMax ?? 256,
    limits: options.limits,
    trustProxy: options.trustProxy,
    answers: options.answers ?? 'checked',
    undeclared: options.undeclared ?? 'refuse',
    onViolation: (sentence) => violations.push(sentence),
    metrics: options.metrics,
    tracing: options.tracing,
  });
  const seen = new Map<object, Set<number>>();
  host.server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.config.contract;
    if (route) seen.set(route, (seen.get(route) ?? new Set()).add(reply.statusCode));
    done();
  });
  await host.prepare();
  const isServed = modules.some(({ name }) => name === revocationsFrom);
  const following = isServed
    ? await followRevocations({ datastore, module: revocationsFrom, revocations, clock, logger })
    : undefined;
  await host.server.ready();
  return {
    server: host.server,
    contracts,
    lines,
    drain: host.drain,
    tokenOf,
    as: async (subject) => callerOf(host.server, { authorization: `Bearer ${await tokenOf(subject)}` }),
    nobody: callerOf(host.server, {}),
    faults: async () => [...violations.splice(0), ...((await datastore.guard?.check()) ?? [])],
    unseenStatuses: (operationId) => {
      const route = routeOf(contracts, operationId);
      return declaredStatusesOf(route).filter((status) => !seen.get(route)?.has(status));
    },
    close: async () => {
      await host.server.close();
      await following?.stop();
      await datastore.close();
    },
  };
};
