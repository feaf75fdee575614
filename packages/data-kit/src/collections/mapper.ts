/** The type of a stored value in a DTO: a `Date` becomes a string, other types stay. */
type Mapped<V> = V extends Date ? string : V;

/** The fields of a document whose mapped type is assignable to `V`. */
type FieldFor<D, V> = { [F in keyof D & string]-?: Mapped<D[F]> extends V ? F : never }[keyof D & string];

/** The source field in the document for each field of the DTO. */
type MappedFields<D, T> = { readonly [K in keyof T & string]-?: FieldFor<D, T[K]> };

/** Converts a document to its DTO. */
export type Mapper<D, T> = (document: D) => T;

/**
 * Creates a mapper from documents to DTOs. Dates become ISO 8601 strings; absent fields are omitted. Unknown and missing
 * fields do not compile.
 */
export const defineMapper = <D extends object, T extends object>(fields: MappedFields<D, T>): Mapper<D, T> => {
  const pairs = Object.entries<string>(fields);
  return (document) => {
    const dto: Record<string, unknown> = {};
    for (const [name, field] of pairs) {
      const value = document[field as keyof D] as unknown;
      if (value !== undefined) dto[name] = value instanceof Date ? value.toISOString() : value;
    }
    return dto as T;
  };
};
