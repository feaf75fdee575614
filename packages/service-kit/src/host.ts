import { createPolicy, type TokenVerifier } from '@plinth/auth';
import type { Contract } from '@plinth/contract-kit';
import type { Clock, Datastore, Ids, ModuleStore } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import { createMetrics, type Metrics, type Tracing } from '@plinth/telemetry';
import { type App, createApp } from './app.ts';
import type { AnswerMode } from './http/encode.ts';
import { createLimits, type LimitParts } from './http/limits.ts';
import type { Dependency } from './http/operations.ts';
import { addRoutes } from './http/routes.ts';
import { measureDatastore, measureTracing } from './http/telemetry.ts';
import { implement } from './implement.ts';
import type { Module } from './module.ts';

export type HostParts = {
  readonly name: string;
  readonly modules: readonly Module[];
  readonly datastore: Datastore;
  readonly verifier: TokenVerifier;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly publicUrl: string;
  readonly dependencies: readonly Dependency[];
  readonly corsOrigins: readonly string[];
  readonly inFlightMax: number;
  /** Left out: nobody is limited. `runService` does not leave it out. */
  readonly limits?: LimitParts | undefined;
  readonly trustProxy?: readonly string[] | undefined;
  readonly answers: AnswerMode;
  readonly undeclared: 'send' | 'refuse';
  readonly onViolation: (sentence: string) => void;
  /** What is measured is added to these. Left out: to metrics that nobody reads. */
  readonly metrics?: Metrics | undefined;
  /** Left out: no trace is recorded. */
  readonly tracing?: Tracing | undefined;
};

/** A server with every route of some modules. `prepare` brings their databases up to date. */
export type Host = Omit<App, 'closeShadows'> & { readonly prepare: () => Promise<void> };

/** A module with its part of the datastore and its operations, ready to be served. */
type Opened = { readonly module: Module; readonly store: ModuleStore<Module['collections']>; readonly service: object };

const open = (module: Module, { datastore, clock, ids, tracing }: HostParts): Opened => {
  const store = datastore.open(module, { clock, ids, traceBatch: tracing?.traceBatch });
  const { service } = module.create({ ...store.collections, events: store.events, clock, ids } as never);
  return { module, store, service };
};

/** Brings the module's database up to date. A migration reads and writes documents of all tenants, so each is logged. */
const prepare = ({ module, store }: Opened, { logger }: HostParts): Promise<void> =>
  store.prepare(({ event, fields }) => logger.info(event, { module: module.name, ...fields }));

const assertDistinct = (contracts: readonly Contract[]): void => {
  const seen = new Set<string>();
  for (const { routes } of contracts) {
    for (const operationId of Object.keys(routes)) {
      if (seen.has(operationId))
        throw new TypeError(
          `Two routes are called '${operationId}'. Rename one: the name is its operation id everywhere.`,
        );
      seen.add(operationId);
    }
  }
};

/** Builds one server for some modules. Every module keeps to its own database; they share nothing but the process. */
export const createHost = async (parts: HostParts): Promise<Host> => {
  const contracts = parts.modules.flatMap((module) => module.contracts);
  assertDistinct(contracts);
  const policy = createPolicy([...new Set(contracts.map(({ permissions }) => permissions))]);
  const { metrics = createMetrics(), tracing } = parts;
  const limits = parts.limits && createLimits(parts.limits, metrics);
  const { closeShadows, ...app } = await createApp({ ...parts, contracts, metrics, limits });
  measureDatastore(metrics, parts.datastore);
  if (tracing) measureTracing(metrics, tracing);
  const opened = parts.modules.map((module) => open(module, parts));
  const gate = { verifier: parts.verifier, policy, limits, clock: parts.clock };
  for (const { module, store, service } of opened) {
    for (const contract of module.contracts) {
      for (const { auth } of Object.values(contract.routes)) policy.assertDeclared(auth);
      addRoutes(app.server, implement(contract)(service as never), {
        gate,
        unitOfWork: store.unitOfWork,
        journal: store.journal,
        answers: parts.answers,
        errors: parts,
        variesByOrigin: parts.corsOrigins.length > 0,
      });
    }
  }
  closeShadows();
  return { ...app, prepare: async () => void (await Promise.all(opened.map((one) => prepare(one, parts)))) };
};
