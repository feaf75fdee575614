export type Filter = Readonly<Record<string, unknown>>;

const typeOrder = ['missing', 'number', 'string', 'boolean', 'date'] as const;

const typeOf = (value: unknown): number => {
  if (value === undefined || value === null) return typeOrder.indexOf('missing');
  return typeOrder.indexOf(value instanceof Date ? 'date' : (typeof value as 'number' | 'string' | 'boolean'));
};

/** The order of MongoDB without a collation: by type, then strings by their UTF-8 bytes; a missing field comes first. */
export const compare = (left: unknown, right: unknown): number => {
  const byType = typeOf(left) - typeOf(right);
  if (byType !== 0 || left === undefined || left === null) return byType;
  if (typeof left === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(String(right)));
  const [a, b] = [Number(left), Number(right)];
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

const accepts: Readonly<Record<string, (order: number) => boolean>> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

const meets = (value: unknown, condition: unknown): boolean => {
  if (typeof condition !== 'object' || condition === null || condition instanceof Date)
    return compare(value, condition) === 0;
  return Object.entries(condition).every(([operator, operand]) =>
    operator === '$in'
      ? (operand as unknown[]).some((item) => compare(value, item) === 0)
      : typeOf(value) === typeOf(operand) && accepts[operator]?.(compare(value, operand)),
  );
};

/**
 * True when a document meets every condition of a filter that `assertWhere` has let through.
 * A missing field meets none: it is of another type than any operand, as the vocabulary has no null.
 */
export const matches = (document: Filter, where: Filter): boolean =>
  Object.entries(where).every(([field, condition]) => meets(document[field], condition));
