/** The form of a stored value in a DTO: a time is text, all others are unchanged. */
type Mapped<V> = V extends Date ? string : V;

/** The fields of a document that can become the value. */
type FieldFor<D, V> = { [F in keyof D & string]-?: Mapped<D[F]> extends V ? F : never }[keyof D & string];

/** For each field of the DTO, the field of the document that it comes from. */
type MappedFields<D, T> = { readonly [K in keyof T & string]-?: FieldFor<D, T[K]> };

/** Converts a document to its DTO. */
export type Mapper<D, T> = (document: D) => T;

/**
 * Declares the DTO of a document: each field by its name, times as ISO 8601. Absent fields are omitted. An unknown field
 * and a missing one do not compile.
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
