export type Filter = Readonly<Record<string, unknown>>;

const typeOrder = ['missing', 'number', 'string', 'boolean', 'date'] as const;

const toTypeOrder = (value: unknown): number => {
  if (value === undefined || value === null) return typeOrder.indexOf('missing');
  return typeOrder.indexOf(value instanceof Date ? 'date' : (typeof value as 'number' | 'string' | 'boolean'));
};

/** Compares in the order of MongoDB without a collation: by type, then strings by UTF-8 bytes; a missing field comes first. */
export const compare = (left: unknown, right: unknown): number => {
  const byType = toTypeOrder(left) - toTypeOrder(right);
  if (byType !== 0 || left === undefined || left === null) return byType;
  if (typeof left === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(String(right)));
  const [a, b] = [Number(left), Number(right)];
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

const matchesCondition = (value: unknown, condition: unknown): boolean => {
  if (typeof condition !== 'object' || condition === null || condition instanceof Date)
    return compare(value, condition) === 0;
  return Object.entries(condition).every(([operator, operand]) =>
    operator === '$in'
      ? (operand as unknown[]).some((item) => compare(value, item) === 0)
      : toTypeOrder(value) === toTypeOrder(operand) && comparisons[operator]?.(compare(value, operand)),
  );
};

/**
 * True when a document matches every condition of a filter that `assertWhere` has checked; of an array one element must match.
 * A missing field matches none, because its type differs from that of any operand: filters have no null.
 */
export const matches = (document: Filter, where: Filter): boolean =>
  Object.entries(where).every(([field, condition]) => {
    const value = document[field];
    return Array.isArray(value)
      ? value.some((element) => matchesCondition(element, condition))
      : matchesCondition(value, condition);
  });
