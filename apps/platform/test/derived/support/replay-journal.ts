import { isDeepStrictEqual } from 'node:util';
import { classifiedFields, type DataClass } from '@plinth/contract-kit';
import { applyChange, type Change, type Entity, type JournalChange, type JournalRow } from '@plinth/data-kit';
import type { TestDatastore } from '@plinth/mongo/testing';
import type { Module } from '@plinth/service-kit';

type Fields = Readonly<Record<string, unknown>>;
type Documents = Map<string, Fields>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

/** Replaces classified values by their class, as the journal does. */
const mask = (value: unknown, classes: ReadonlyMap<string, DataClass>): unknown => {
  if (Array.isArray(value)) return value.map((item) => mask(item, classes));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const dataClass = classes.get(name);
      return [name, dataClass === undefined ? mask(field, classes) : `[${dataClass}]`];
    }),
  );
};

/** Returns the documents that a recorded filter can match. Its bounds are not compared: the id decides. */
const findTargets = (documents: Documents, where: Fields = {}): Fields[] => {
  const equal = Object.entries(where).filter(([, value]) => !isObject(value));
  return [...documents.values()].filter((document) => equal.every(([name, value]) => document[name] === value));
};

const replayWhere = (documents: Documents, { where, change = {} }: JournalChange, at: Date): boolean => {
  const [target, ...more] = findTargets(documents, where);
  if (!target || more.length > 0) return false;
  const operators = Object.fromEntries(Object.entries(change).map(([name, fields]) => [`$${name}`, fields]));
  const next = applyChange(target as unknown as Entity, operators as Change<Entity>, at);
  documents.set(next._id, next as unknown as Fields);
  return true;
};

/** Applies a change. @returns false when it does not fit the document that it names. */
const replay = (documents: Documents, change: JournalChange, at: Date): boolean => {
  const { kind, id = '', version, before = {}, after = {} } = change;
  if (change.where) return replayWhere(documents, change, at);
  const document = documents.get(id);
  if (kind === 'insert') return documents.set(id, after) && document === undefined;
  if (kind === 'remove') return documents.delete(id) && document?.['version'] === version;
  if (!document || version !== Number(document['version']) + 1) return false;
  if (!Object.entries(before).every(([name, value]) => isDeepStrictEqual(document[name], value))) return false;
  const kept = Object.entries(document).filter(([name]) => !(name in before));
  documents.set(id, { ...Object.fromEntries(kept), ...after, version });
  return true;
};

/** The journal has the time of a row instead, which is a little later. */
const withoutTime = (document: Fields): Fields => ({ ...document, updatedAt: undefined });

type Stored = { readonly rows: readonly JournalRow[]; readonly documents: Readonly<Record<string, readonly Fields[]>> };

/** Reads the journal of a tenant and its documents by the names of their collections. */
export const readStored = async (
  { raw }: TestDatastore,
  { name, collections }: Module,
  tenantId: string,
): Promise<Stored> => {
  const readAll = async (collection: string): Promise<Fields[]> =>
    (await raw(name, collection).all()).filter((document) => document['tenantId'] === tenantId);
  const names = Object.values(collections).map((collection) => collection.name);
  const documents = await Promise.all(
    names.map(async (collection) => [collection, await readAll(collection)] as const),
  );
  return { rows: (await readAll('journal')) as JournalRow[], documents: Object.fromEntries(documents) };
};

/** The collections that only commits write, each with the changes of another collection. */
const listHistories = ({ collections }: Module): string[] =>
  Object.values(collections).flatMap(({ name, history }) => (history ? [`${name}History`] : []));

type Kept = Pick<JournalRow, 'operation' | 'requestId'> & { readonly id: string; readonly version: number };

const toSortedTexts = (kept: readonly Kept[]): string[] =>
  kept.map(({ id, version, operation, requestId }) => `${id} ${version} ${operation} ${requestId}`).toSorted();

/** Returns the changes that are in the history of a module only, or in its journal only. */
export const findUnkept = (module: Module, { rows, documents }: Stored): string[] =>
  Object.values(module.collections)
    .filter(({ history }) => history)
    .flatMap(({ name }) => {
      const changes = rows.flatMap(({ operation, requestId, changes: all }) =>
        all
          .filter(({ collection }) => collection === name)
          .map(({ id = '', version = 0 }) => ({ id, version, operation, requestId })),
      );
      const entries = (documents[`${name}History`] ?? []).map(
        ({ documentId: id, documentVersion: version, operation, requestId }) =>
          ({ id, version, operation, requestId }) as Kept,
      );
      const [made, kept] = [toSortedTexts(changes), toSortedTexts(entries)];
      return [...made.filter((text) => !kept.includes(text)), ...kept.filter((text) => !made.includes(text))];
    });

/** Replays the changes of journal rows. Returns a sentence for each change that does not fit, and each document that differs from the stored one. */
export const findUnexplained = (module: Module, { rows, documents }: Stored): string[] => {
  const histories = listHistories(module);
  const collections = Object.values(module.collections).filter(({ name }) => !histories.includes(name));
  return collections.flatMap(({ name, schema }) => {
    const classes = classifiedFields([schema]);
    const replayed: Documents = new Map();
    const misfits = rows.flatMap(({ at, operation, changes }) =>
      changes
        .filter(({ collection }) => collection === name)
        .filter((change) => !replay(replayed, change, at))
        .map(
          (change) => `${operation}: the change does not fit what the journal has before: ${JSON.stringify(change)}`,
        ),
    );
    const stored = new Map((documents[name] ?? []).map((document) => [String(document['_id']), document]));
    const different = [...new Set([...stored.keys(), ...replayed.keys()])].filter((id) => {
      const [left, right] = [stored.get(id), replayed.get(id)];
      return !left || !right || !isDeepStrictEqual(mask(withoutTime(left), classes), withoutTime(right));
    });
    const sentences = different.map(
      (id) =>
        `${name} ${id}: stored is ${JSON.stringify(mask(stored.get(id), classes))}, and the journal explains ${JSON.stringify(replayed.get(id))}`,
    );
    return [...misfits, ...sentences];
  });
};
