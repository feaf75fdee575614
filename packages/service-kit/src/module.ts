import { type Contract } from '@plinth/contract-kit';
import {
  assertMigrations,
  type Clock,
  type CollectionsOf,
  type Definitions,
  type Events,
  type Ids,
  type Migration,
  type ServiceOf,
} from '@plinth/data-kit';

type Intersection<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void ? I : never;

/** Every operation of several contracts: one function a route. */
export type ServiceOfAll<C extends readonly Contract[]> = Intersection<{ [I in keyof C]: ServiceOf<C[I]> }[number]>;

/** What a module's actions are built from: its own collections, events, the time and new ids. */
export type ModuleDeps<K> = CollectionsOf<K> & {
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
};

export type ModuleSpec<C extends readonly Contract[], K extends object> = {
  /** The domain's name; also that of its database. */
  readonly name: string;
  /** One contract a resource. */
  readonly contracts: C;
  /** What the module owns; nobody else reads or writes it. */
  readonly collections: K;
  /** How databases of earlier versions become what `collections` says, in the order of their numbers. */
  readonly migrations?: readonly Migration[];
  readonly create: (deps: ModuleDeps<K>) => { readonly service: ServiceOfAll<C> };
};

type Operation = (input: never, ctx: never) => Promise<unknown>;

/** A module that any host can run: alone, or beside others in one process. */
export type Module = {
  readonly name: string;
  readonly contracts: readonly Contract[];
  readonly collections: Definitions;
  readonly migrations?: readonly Migration[];
  readonly create: (deps: never) => { readonly service: { readonly [operationId: string]: Operation } };
};

const uniqueCodesOf = (collections: object): string[] =>
  Object.values(collections as Definitions).flatMap(({ indexes }) =>
    Object.values(indexes).flatMap(({ unique }) => (unique === undefined ? [] : [unique])),
  );

/**
 * Declares a module: contracts, what it stores, and how its actions are made from what it is given.
 * @throws when a unique index names an error code that no route of the module declares, and for migrations that are out
 * of order or speak of what is not there.
 */
export const defineModule = <const C extends readonly Contract[], const K extends object>(
  spec: ModuleSpec<C, K>,
): Module & ModuleSpec<C, K> => {
  const declared = spec.contracts.flatMap(({ routes }) =>
    Object.values(routes).flatMap(({ errors = [] }) => errors.map((error) => error.spec.code)),
  );
  const stray = uniqueCodesOf(spec.collections).find((code) => !declared.includes(code));
  if (stray !== undefined) {
    throw new TypeError(
      `Module '${spec.name}': a unique index names the error '${stray}', which no route declares. Add it to the 'errors' of the routes that write there.`,
    );
  }
  assertMigrations(spec);
  return spec as unknown as Module & ModuleSpec<C, K>;
};
