const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

/** Copies a value as BSON would store it: without undefined fields, and with U+FFFD for lone surrogates. */
export const toStored = <T>(value: T): T => {
  if (typeof value === 'string') return value.toWellFormed() as T;
  if (Array.isArray(value)) return value.map((item) => toStored(item ?? null)) as T;
  if (!isPlain(value)) return structuredClone(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, toStored(field)])) as T;
};
