import type { PublicJwk } from '@plinth/auth';
import { type Contract, type EventDefinition, getSuccess, Operation as LongOperation } from '@plinth/contract-kit';
import {
  assertMigrations,
  type Clock,
  type CollectionsOf,
  type Consumer,
  type Definitions,
  type Events,
  type EventType,
  type FindUserAccess,
  type Ids,
  type Job,
  type Jobs,
  type JournalConsumer,
  type JournalConsumerDeps,
  type Migration,
  operationChunks,
  operations,
  type ServiceOf,
} from '@plinth/data-kit';
import type { LocalPorts, ModulePorts } from './ports.ts';

type Intersection<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void ? I : never;

/** Every operation of several contracts: one function for each route. */
export type ServiceOfAll<C extends readonly Contract[]> = Intersection<{ [I in keyof C]: ServiceOf<C[I]> }[number]>;

/** The dependencies of a module's actions: its own collections, events, jobs, the time and new ids. */
export type ModuleDeps<K> = CollectionsOf<K> & {
  readonly events: Events;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly ids: Ids;
};

/** Events by their keys, as `defineEvents` returns them. */
export type EventCatalogue = Readonly<Record<string, EventType>>;

/** How a host finds the current access of users. The module that stores users declares it. */
export type UserAccessSource<Deps> = {
  /** The events of users after which their access is looked up again. The id of the user is the id of the aggregate. */
  readonly changedBy: readonly Pick<EventDefinition, 'name'>[];
  /** The events of a tenant after which the access of each of its users is looked up again, such as a change of a custom role. */
  readonly changedForAllBy?: readonly Pick<EventDefinition, 'name'>[];
  readonly find: (deps: Deps) => FindUserAccess;
};

/** How a host finds the keys that the product signs tokens with. The module that stores them declares it. */
export type TokenIssuer<Deps> = {
  /** The events after which the keys are looked up again. */
  readonly changedBy: readonly Pick<EventDefinition, 'name'>[];
  /** Returns the public keys of all tokens that may still be valid. */
  readonly listKeys: (deps: Deps) => () => Promise<readonly PublicJwk[]>;
};

type Operation = (input: never, ctx: never) => Promise<unknown>;
type Action = (deps: never) => Operation;
type Actions = { readonly [operationId: string]: Action };

type Misfits<Service, Deps, A> = {
  [Op in keyof A & keyof Service]: A[Op] extends (deps: Deps) => Service[Op] ? never : Op;
}[keyof A & keyof Service];

/** Causes a compile error at the name of each missing, superfluous or wrongly typed action. */
type CheckActions<Service, Deps, A> = {
  readonly [Op in Exclude<keyof Service, keyof A> & string]: [`The route '${Op}' has no action of that name.`];
} & {
  readonly [Op in Exclude<keyof A, keyof Service> & string]: [
    `'${Op}' is not a route of the contracts: declare one, or do not export it.`,
  ];
} & {
  readonly [Op in Misfits<Service, Deps, A>]: (deps: Deps) => Service[Op];
};

export type ModuleSpec<
  C extends readonly Contract[],
  K extends object,
  A extends Actions,
  P extends object,
  L extends object,
> = {
  /** The domain's name; also the name of its database. */
  readonly name: string;
  /** One contract for each resource. */
  readonly contracts: C;
  /** The collections of the module; no other module reads or writes them. */
  readonly collections: K;
  /** The migrations of databases of earlier versions, in the order of their numbers. */
  readonly migrations?: readonly Migration[];
  /** The events that the actions emit, as `defineEvents` returns them. An action cannot emit others. */
  readonly events?: readonly EventCatalogue[];
  /** One action for each route, by the operation id: `import * as actions from '@plinth/actions/users'`. */
  readonly actions: A;
  /** The other systems that consumers and jobs call. Actions of routes do not get them: no request waits for another system. */
  readonly ports?: ModulePorts<P>;
  /** The ports that call no other system, such as a hasher of passwords. All actions get them. */
  readonly localPorts?: LocalPorts<L>;
  /** The consumers of events, of this module and of others. A worker runs them. */
  readonly consumers?: readonly Consumer<ModuleDeps<K> & NoInfer<P & L>>[];
  /** The jobs that the actions enqueue. A worker runs them. */
  readonly jobs?: readonly Job<ModuleDeps<K> & NoInfer<P & L>>[];
  /** Receives the journals of the other modules. A worker runs it. */
  readonly journalConsumer?: JournalConsumer<ModuleDeps<K> & JournalConsumerDeps>;
  /** For the module that stores users. */
  readonly userAccess?: UserAccessSource<ModuleDeps<K>>;
  /** For the module that stores the keys of tokens. */
  readonly tokenIssuer?: TokenIssuer<ModuleDeps<K> & NoInfer<L>>;
};

/** A module that any host can run: alone, or together with others in one process. */
export type Module = {
  readonly name: string;
  readonly contracts: readonly Contract[];
  readonly collections: Definitions;
  readonly migrations?: readonly Migration[];
  readonly events?: readonly EventCatalogue[];
  readonly ports?: ModulePorts;
  readonly localPorts?: LocalPorts;
  readonly consumers?: readonly Consumer[];
  readonly jobs?: readonly Job[];
  readonly journalConsumer?: JournalConsumer;
  readonly userAccess?: UserAccessSource<never>;
  readonly tokenIssuer?: TokenIssuer<never>;
  readonly create: (deps: never) => { readonly service: { readonly [operationId: string]: Operation } };
};

/** A module whose service has the types of its contracts. */
type TypedModule<
  C extends readonly Contract[],
  K extends object,
  A extends Actions,
  P extends object,
  L extends object,
> = Omit<Module, 'contracts' | 'ports' | 'localPorts'> &
  ModuleSpec<C, K, A, P, L> & {
    readonly create: (deps: ModuleDeps<K> & L) => { readonly service: ServiceOfAll<C> };
  };

const getViolationCodes = (collections: object): string[] =>
  Object.values(collections as Definitions).flatMap(({ indexes, references }) =>
    [
      ...Object.values(indexes).map(({ unique }) => unique),
      ...Object.values(references).flatMap(({ missing, used }) => [missing, used]),
    ].filter((code) => code !== undefined),
  );

/** @throws when a route starts a long operation, and the module has no collection that stores it. */
const assertOperations = ({
  name,
  contracts,
  collections,
}: Pick<Module, 'name' | 'contracts'> & { collections: object }) => {
  const routes = contracts.flatMap((contract) => Object.values(contract.routes));
  const needed = [
    ...(routes.some((route) => getSuccess(route).schema === LongOperation) ? [operations] : []),
    ...(routes.some(({ upload }) => upload) ? [operationChunks] : []),
  ];
  const missing = needed.find(
    (definition) => (collections as Definitions)[definition.name] !== (definition as unknown),
  );
  if (!missing) return;
  throw new TypeError(
    `Module '${name}': a route starts a long operation. Add '${missing.name}' of @plinth/data-kit to the 'collections', under this name.`,
  );
};

/**
 * Declares a module: its contracts, its collections, and an action for each route.
 * @throws when a unique index or a reference names an error code that no route of the module declares, and for migrations that are out
 * of order or name an unknown collection or field, for two consumers or jobs of one name, and for a route of a long operation without its
 * collections.
 */
export const defineModule = <
  const C extends readonly Contract[],
  const K extends object,
  A extends Actions,
  P extends object = Record<never, never>,
  L extends object = Record<never, never>,
>(
  spec: Omit<ModuleSpec<C, K, A, P, L>, 'actions'> & {
    readonly actions: A & CheckActions<ServiceOfAll<C>, ModuleDeps<K> & NoInfer<L>, A>;
  },
): TypedModule<C, K, A, P, L> => {
  const ofRoutes = spec.contracts.flatMap(({ routes }) => Object.values(routes).flatMap(({ errors = [] }) => errors));
  const declared = [...ofRoutes, ...(spec.journalConsumer?.errors ?? [])].map((error) => error.spec.code);
  const stray = getViolationCodes(spec.collections).find((code) => !declared.includes(code));
  if (stray !== undefined) {
    throw new TypeError(
      `Module '${spec.name}': a unique index or a reference names the error '${stray}', which no route declares. Add it to the 'errors' of the routes that write there.`,
    );
  }
  const receivers = [...(spec.consumers ?? []), ...(spec.jobs ?? [])].map(({ name }) => name);
  const repeated = receivers.find((name, index) => receivers.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new TypeError(`Module '${spec.name}': two consumers or jobs are called '${repeated}'. Rename the newer one.`);
  }
  assertOperations(spec);
  assertMigrations(spec);
  const actions = Object.entries<Action>(spec.actions);
  const create = (deps: never) => ({
    service: Object.fromEntries(actions.map(([operation, action]) => [operation, action(deps)])),
  });
  return { ...spec, create } as unknown as TypedModule<C, K, A, P, L>;
};
