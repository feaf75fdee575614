/** The type of a stored value in a DTO: a `Date` becomes a string, other types stay. */
type Mapped<V> = V extends Date ? string : V;

/** The fields of a document whose mapped type is assignable to `V`. */
type FieldFor<D, V> = { [F in keyof D & string]-?: Mapped<D[F]> extends V ? F : never }[keyof D & string];

/** For each field of the DTO its field in the document, or a function of the document. */
type MappedFields<D, T> = { readonly [K in keyof T & string]-?: FieldFor<D, T[K]> | ((document: D) => T[K]) };

/** Converts a document to its DTO. */
export type Mapper<D, T> = (document: D) => T;

/** The fields that every DTO takes from its document, to spread into its mapper. */
export const entityFields = {
  id: '_id',
  version: 'version',
  createdAt: 'createdAt',
  updatedAt: 'updatedAt',
} as const;

/**
 * Creates a mapper from documents to DTOs. Dates become ISO 8601 strings; absent fields are omitted. Unknown and missing
 * fields do not compile.
 */
export const defineMapper = <D extends object, T extends object>(fields: MappedFields<D, T>): Mapper<D, T> => {
  const pairs = Object.entries<string | ((document: D) => unknown)>(fields);
  return (document) => {
    const dto: Record<string, unknown> = {};
    for (const [name, field] of pairs) {
      const value = typeof field === 'function' ? field(document) : document[field as keyof D];
      if (value !== undefined) dto[name] = value instanceof Date ? value.toISOString() : value;
    }
    return dto as T;
  };
};
