import { pii } from '@plinth/contract-kit';
import { z } from 'zod';
import { type CollectionDefinition, defineCollection, toHistoryName } from './define-collection.ts';
import { Entity, StoredId } from './entity.ts';

/**
 * A change of a document in a collection with a history, committed with the change. `createdAt` is its time, which differs for
 * each change of a document.
 */
export const HistoryEntry = Entity.extend({
  documentId: StoredId,
  documentVersion: z.int().min(1).describe('The version of the document after the change.'),
  operation: z.string().min(1),
  actor: z.object({ kind: z.string(), id: z.string() }),
  requestId: z.string(),
  traceId: z.string(),
  events: z.array(z.string()).describe('The names of the events about the document.'),
  // Without a schema of its own, because it has the form that documents had at that time.
  documentBefore: pii(z.record(z.string(), z.unknown()))
    .optional()
    .describe('The document before the change. Absent for the first entry.'),
});
export type HistoryEntry<D extends Entity = Entity> = Omit<z.infer<typeof HistoryEntry>, 'documentBefore'> & {
  documentBefore?: D | undefined;
};

/**
 * Declares the collection `<name>History`, with the history of the collection `name` of the same module. Entries are added by
 * the commits that change documents; an action only reads them, or erases personal data in them.
 */
export const defineHistory = <D extends Entity>({
  name,
  retention,
}: CollectionDefinition<D> & { readonly history: true }): CollectionDefinition<HistoryEntry<D>> &
  Record<'softDelete' | 'appendOnly' | 'history', false> =>
  defineCollection(toHistoryName(name), HistoryEntry, {
    tenancy: 'tenant',
    ...(retention !== undefined && { retention }),
    indexes: { newestOfDocument: { fields: ['documentId', 'createdAt', '_id'] } },
  }) as unknown as ReturnType<typeof defineHistory<D>>;

/** Returns the time of a change. It is later than that of the change before, so that each state has a time of its own. */
export const toChangeTime = (
  { history }: Pick<CollectionDefinition, 'history'>,
  { updatedAt }: Entity,
  now: Date,
): Date => (history && now <= updatedAt ? new Date(updatedAt.getTime() + 1) : now);

/** @throws when a collection with a history is in a module without that history. */
export const assertHistories = (definitions: readonly Pick<CollectionDefinition, 'name' | 'history'>[]): void => {
  const names = new Set(definitions.map(({ name }) => name));
  const without = definitions.find(({ name, history }) => history && !names.has(toHistoryName(name)));
  if (!without) return;
  throw new TypeError(
    `${without.name}: the history has no collection. Add 'defineHistory(${without.name})' to the collections of the module.`,
  );
};
