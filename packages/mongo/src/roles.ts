import type { Definitions, StoredModule } from '@plinth/data-kit';
import { inboxName } from './inbox/inbox-collection.ts';
import { journalName, keysName } from './journal/journal-names.ts';
import { leasesName } from './leases/leases-collection.ts';
import { migrationsName } from './migrations/index.ts';
import { listStoredCollections } from './stored-collections.ts';

type Privilege = {
  readonly resource: { readonly db: string; readonly collection: string };
  readonly actions: readonly string[];
};

/** A MongoDB role, as `createRole` takes it. */
export type Role = { readonly role: string; readonly privileges: readonly Privilege[] };

export type RolesOptions = {
  readonly modules: readonly StoredModule<Definitions>[];
  /** The prefix of the databases, and of the names of the roles. */
  readonly databasePrefix: string;
};

const readSchema = ['listCollections', 'listIndexes'];
const write = ['find', 'insert', 'update', 'remove'];
const append = ['find', 'insert'];
/** Only the server removes these documents, when they expire. */
const writeLasting = ['find', 'insert', 'update'];
const journalActions: Readonly<Record<string, readonly string[]>> = {
  [journalName]: [...writeLasting, 'changeStream'],
  [keysName]: writeLasting,
  [inboxName]: [...writeLasting, 'changeStream'],
  [leasesName]: writeLasting,
};
const changeSchema = ['createCollection', 'collMod', 'createIndex', 'dropIndex'];

const grant = (db: string, collection: string, actions: readonly string[]): Privilege => ({
  resource: { db, collection },
  actions,
});

/**
 * Returns the roles with the fewest privileges: of processes that serve requests with `MIGRATE_ON_START=false`, and of the job
 * that migrates. Neither can drop a collection, read another database or manage users.
 */
export const createRoles = ({ modules, databasePrefix }: RolesOptions): { runtime: Role; migrate: Role } => {
  const databases = modules.map((module) => ({ module, db: `${databasePrefix}${module.name}` }));
  const runtime = databases.flatMap(({ module, db }) => {
    const appended = Object.values(module.collections).filter(({ appendOnly }) => appendOnly);
    const isAppended = (name: string): boolean => appended.some((collection) => collection.name === name);
    return [
      grant(db, '', readSchema),
      grant(db, migrationsName, ['find']),
      ...listStoredCollections(module).map(({ name }) =>
        grant(db, name, journalActions[name] ?? (isAppended(name) ? append : write)),
      ),
    ];
  });
  const migrate = databases.map(({ db }) => grant(db, '', [...readSchema, ...write, ...changeSchema]));
  return {
    runtime: { role: `${databasePrefix}plinth-runtime`, privileges: runtime },
    migrate: { role: `${databasePrefix}plinth-migrate`, privileges: migrate },
  };
};
