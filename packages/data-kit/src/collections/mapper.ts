/** What a stored value is to clients: a time is its text, everything else is as it is. */
type Shown<V> = V extends Date ? string : V;

/** The fields of a document that can be shown as a value. */
type FieldFor<D, V> = { [F in keyof D & string]-?: Shown<D[F]> extends V ? F : never }[keyof D & string];

/** For each field that clients see, the field of the document that it shows. */
type ShownFields<D, T> = { readonly [K in keyof T & string]-?: FieldFor<D, T[K]> };

/** Makes of a document what clients see of it. It is declared, so that a list can be written without making either. */
export type Mapper<D, T> = ((document: D) => T) & { readonly fields: Readonly<Record<string, string>> };

/**
 * Declares what clients see of a document: each field under its name, times as ISO 8601. What the document lacks is left
 * out. A field that clients do not know, and one of them that is forgotten, do not compile.
 */
export const defineMapper = <D extends object, T extends object>(
  fields: ShownFields<D, T>,
): Mapper<D, T> & { readonly fields: ShownFields<D, T> } => {
  const pairs = Object.entries<string>(fields);
  const map = (document: D): T => {
    const shown: Record<string, unknown> = {};
    for (const [name, field] of pairs) {
      const value = document[field as keyof D] as unknown;
      if (value !== undefined) shown[name] = value instanceof Date ? value.toISOString() : value;
    }
    return shown as T;
  };
  return Object.assign(map, { fields });
};
