import { commonErrors } from '@plinth/contract-kit';

/** `null` represents an absent field. */
type Value = string | number | boolean | Date | null;

/** The end of a page: the sorted field's value and the id of its last document. */
export type Position = { readonly value: Value; readonly id: string };

/** The list that a cursor is valid for: one collection, tenant, filter and sort. */
export type CursorScope = {
  readonly collection: string;
  readonly tenantId: string;
  readonly where: object;
  readonly sort: string;
};

export type Cursors = {
  encode(position: Position, scope: CursorScope): string;
  /** @throws `invalid-cursor` when any bit of the cursor or any part of the scope differs. */
  decode(cursor: string, scope: CursorScope): Position;
};

const toCanonical = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return [typeof value, value];
  if (value instanceof Date) return ['date', value.getTime()];
  if (Array.isArray(value)) return value.map(toCanonical);
  return Object.keys(value)
    .sort()
    .map((key) => [key, toCanonical((value as Record<string, unknown>)[key])]);
};

const toFingerprint = ({ collection, tenantId, where, sort }: CursorScope): string =>
  JSON.stringify([collection, tenantId, toCanonical(where), sort]);

/** The functions that sign and encode a cursor. They are dependencies, because browsers lack them. */
export type CursorTools = {
  /** Returns a keyed hash of a text in base64url. */
  readonly sign: (text: string) => string;
  /** Compares two signatures in constant time. */
  readonly isSame: (left: string, right: string) => boolean;
  /** Converts text to base64url. */
  readonly pack: (text: string) => string;
  readonly unpack: (packed: string) => string;
};

/** Creates opaque cursors `<position>.<signature>`. The signature covers the packed text itself and the scope. */
export const createCursors = ({ sign, isSame, pack, unpack }: CursorTools): Cursors => ({
  encode: ({ value, id }, scope) => {
    const tagged = value instanceof Date ? { d: value.getTime(), id } : { v: value, id };
    const text = pack(JSON.stringify(tagged));
    return `${text}.${sign(`${text}\n${toFingerprint(scope)}`)}`;
  },
  decode: (cursor, scope) => {
    const [text = '', signature = '', ...more] = cursor.split('.');
    if (more.length > 0 || !isSame(signature, sign(`${text}\n${toFingerprint(scope)}`)))
      throw commonErrors.invalidCursor();
    const { d, v, id } = JSON.parse(unpack(text)) as { d?: number; v?: Value; id: string };
    return { value: d === undefined ? (v as Value) : new Date(d), id };
  },
});
