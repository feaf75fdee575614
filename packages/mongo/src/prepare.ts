import { type CollectionDefinition, StartupError } from '@plinth/kernel';
import { type Db, MongoServerError } from 'mongodb';
import { validatorOf } from './validator.ts';

const namespaceExists = 48;
const indexConflicts: readonly unknown[] = [85, 86];

const law = (definition: CollectionDefinition) => ({
  validator: validatorOf(definition.schema),
  validationLevel: 'strict',
  validationAction: 'error',
});

const makeCollection = async (db: Db, definition: CollectionDefinition): Promise<void> => {
  try {
    await db.command({ create: definition.name, ...law(definition) });
  } catch (cause) {
    if (!(cause instanceof MongoServerError && cause.code === namespaceExists)) throw cause;
    await db.command({ collMod: definition.name, ...law(definition) });
  }
};

const makeIndexes = async (db: Db, { name, indexes }: CollectionDefinition): Promise<void> => {
  const specs = Object.entries(indexes).map(([index, { fields, unique }]) => ({
    name: index,
    key: Object.fromEntries(['tenantId', ...fields].map((field) => [field, 1])),
    ...(unique !== undefined && { unique: true }),
  }));
  if (specs.length === 0) return;
  try {
    await db.command({ createIndexes: name, indexes: specs });
  } catch (cause) {
    if (!(cause instanceof MongoServerError && indexConflicts.includes(cause.code))) throw cause;
    throw new StartupError(
      `An index of '${db.databaseName}.${name}' differs from its definition (${cause.message}). Drop the stored index or rename the defined one, then start again.`,
      { cause },
    );
  }
};

/** Makes the collections, validators and indexes of a module what their definitions say. Safe to repeat and to race. */
export const prepare = async (db: Db, definitions: readonly CollectionDefinition[]): Promise<void> => {
  await Promise.all(
    definitions.map(async (definition) => {
      await makeCollection(db, definition);
      await makeIndexes(db, definition);
    }),
  );
};
