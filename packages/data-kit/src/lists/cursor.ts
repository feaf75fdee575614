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

/** Encrypts cursors. It is a dependency, because browsers lack it. */
export type CursorCipher = {
  /** Returns a text of base64url characters. The context is authenticated with it, but is not part of it. */
  readonly encrypt: (text: string, context: string) => string;
  /** Returns undefined for everything that `encrypt` has not returned for the same context. */
  readonly decrypt: (cursor: string, context: string) => string | undefined;
};

/** Creates opaque cursors: encrypted positions, each bound to its scope. */
export const createCursors = ({ encrypt, decrypt }: CursorCipher): Cursors => ({
  encode: ({ value, id }, scope) => {
    const tagged = value instanceof Date ? { d: value.getTime(), id } : { v: value, id };
    return encrypt(JSON.stringify(tagged), toFingerprint(scope));
  },
  decode: (cursor, scope) => {
    const text = decrypt(cursor, toFingerprint(scope));
    if (text === undefined) throw commonErrors.invalidCursor();
    const { d, v, id } = JSON.parse(text) as { d?: number; v?: Value; id: string };
    return { value: d === undefined ? (v as Value) : new Date(d), id };
  },
});
