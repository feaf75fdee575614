import type { StoredCollection } from './collection.ts';
import { removedMarker, type UntypedDefinition } from './define-collection.ts';
import type { Change, Entity } from './entity.ts';
import type { Fields } from './stored-fields.ts';

/** A reference to a collection, as that collection lists it: `from` is the collection that has the field. */
export type IncomingReference = {
  readonly from: Pick<UntypedDefinition, 'name' | 'softDelete'>;
  readonly path: string;
  readonly used: string | undefined;
};

/** A reference to no document, or a removal of one in use. The host responds with the error of that `code` that the route declares. */
export class ReferenceViolation extends Error {
  override readonly name = 'ReferenceViolation';
  readonly code: string;

  constructor(code: string) {
    super(`A reference was violated: ${code}.`);
    this.code = code;
  }
}

/**
 * Returns the references of a module's collections to one of them.
 * @throws for a reference to a collection that the module does not have.
 */
export const findIncomingReferences = (
  definitions: readonly UntypedDefinition[],
  target: Pick<UntypedDefinition, 'name'>,
): IncomingReference[] =>
  definitions.flatMap((from) =>
    Object.entries(from.references).flatMap(([path, { to, used }]) => {
      if (!definitions.some(({ name }) => name === to.name)) {
        throw new TypeError(
          `${from.name}: '${path}' refers to '${to.name}', which is not a collection of this module.`,
        );
      }
      return to.name === target.name ? { from, path, used } : [];
    }),
  );

/** Returns the distinct ids at a path: of a field, of the items of an array, or of a field of each item. */
export const getReferencedIds = (fields: Fields, path: string): string[] => {
  const [name = '', nested] = path.split('.');
  const items = [fields[name]].flat();
  const ids = nested === undefined ? items : items.map((item) => (item as Fields | undefined)?.[nested]);
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
};

/**
 * Returns the distinct ids that a change adds at a path to a document that was read: those that it already has still exist,
 * because nothing is removed while it is referred to.
 */
export const getAddedIds = <D extends Entity>(
  { $set, $push, $addToSet }: Change<D>,
  path: string,
  document: Fields = {},
): string[] => {
  const known = getReferencedIds(document, path);
  const added = [$set, $push, $addToSet].flatMap((part) => getReferencedIds((part ?? {}) as Fields, path));
  return [...new Set(added)].filter((id) => !known.includes(id));
};

type Requirements = Pick<StoredCollection<Entity>, 'requireOne' | 'requireNone'>;

const present = ({ softDelete }: Pick<UntypedDefinition, 'softDelete'>): Fields =>
  softDelete ? { [removedMarker]: false } : {};

/** Requires that documents exist, and locks them: of this write and a concurrent removal, the later one sees the other and fails. */
export const requireReferenced = (
  stored: Requirements,
  { references }: Pick<UntypedDefinition, 'references'>,
  getIds: (path: string) => readonly string[],
): void => {
  for (const [path, { to, missing }] of Object.entries(references)) {
    for (const _id of getIds(path)) {
      stored.requireOne(to.name, { _id, ...present(to) }, new ReferenceViolation(missing));
    }
  }
};

/** Requires that no document refers to one that is removed. */
export const requireUnused = (
  stored: Requirements,
  incoming: readonly IncomingReference[],
  { _id }: Pick<Entity, '_id'>,
): void => {
  for (const { from, path, used = `unnamed reference ${path} of ${from.name}` } of incoming) {
    stored.requireNone(from.name, { [path]: _id, ...present(from) }, new ReferenceViolation(used));
  }
};
