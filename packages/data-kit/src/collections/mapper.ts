/** The type of a stored value as clients see it: a time is text, everything else is unchanged. */
type Shown<V> = V extends Date ? string : V;

/** The fields of a document that can be shown as a value. */
type FieldFor<D, V> = { [F in keyof D & string]-?: Shown<D[F]> extends V ? F : never }[keyof D & string];

/** For each field that clients see, the field of the document that it shows. */
type ShownFields<D, T> = { readonly [K in keyof T & string]-?: FieldFor<D, T[K]> };

/** Converts a document to what clients see of it. */
export type Mapper<D, T> = (document: D) => T;

/**
 * Declares what clients see of a document: each field under its name, times as ISO 8601. Fields that the document lacks are
 * left out. A missing field and one that clients do not know are compile errors.
 */
export const defineMapper = <D extends object, T extends object>(fields: ShownFields<D, T>): Mapper<D, T> => {
  const pairs = Object.entries<string>(fields);
  return (document) => {
    const shown: Record<string, unknown> = {};
    for (const [name, field] of pairs) {
      const value = document[field as keyof D] as unknown;
      if (value !== undefined) shown[name] = value instanceof Date ? value.toISOString() : value;
    }
    return shown as T;
  };
};
