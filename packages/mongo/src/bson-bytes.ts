/** The types of values that are read and written here from bytes. Every other type is left to the driver. */
export const types = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  boolean: 8,
  date: 9,
  null: 10,
  int32: 16,
  int64: 18,
} as const;

/** So many names of fields are known at most: the free keys of a record are no names that come again. */
export const namesMax = 1024;

/** Thrown where bytes hold something else, or are not as they should be: they are left to the usual way. */
export const odd = new Error('These bytes are left to the usual way.');

export const int32At = (bytes: Buffer, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

/** @throws `odd` for what a number of JavaScript cannot tell exactly. */
export const int64At = (bytes: Buffer, at: number): number => {
  const value = int32At(bytes, at + 4) * 2 ** 32 + (int32At(bytes, at) >>> 0);
  if (!Number.isSafeInteger(value)) throw odd;
  return value;
};

/** True where a name of plain ASCII stands, with the end of it. */
export const isNameAt = (name: string, bytes: Buffer, at: number): boolean => {
  for (let index = 0; index < name.length; index += 1) {
    if (bytes[at + index] !== name.charCodeAt(index)) return false;
  }
  return bytes[at + name.length] === 0;
};
