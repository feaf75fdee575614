import { isDeepStrictEqual } from 'node:util';
import { apiCompare, type Diff } from 'api-smart-diff';
import { classify } from './rules.ts';
import { type Finding, isObject, type Json } from './snapshots.ts';

type Pair = readonly [unknown, unknown];

/** Empties the objects that are equal in both: the differ would need most of its time for them. */
const prune = (before: unknown, after: unknown): Pair => {
  if (Array.isArray(before) && Array.isArray(after)) {
    // Other lists hold no objects, or have another length because a variant was added or removed.
    if (before.length !== after.length) return [before, after];
    const pairs = before.map((item, index) => prune(item, after[index]));
    return [pairs.map(([item]) => item), pairs.map(([, item]) => item)];
  }
  if (!isObject(before) || !isObject(after)) return [before, after];
  const [old, now]: [Record<string, unknown>, Record<string, unknown>] = [{ ...before }, { ...after }];
  for (const key of Object.keys(before).filter((name) => name in after)) {
    // The differ reads the default of each required field in `properties`.
    const isEqual = key !== 'properties' && isObject(before[key]) && isDeepStrictEqual(before[key], after[key]);
    [old[key], now[key]] = isEqual ? [{}, {}] : prune(before[key], after[key]);
  }
  return [old, now];
};

/** Creates an operation that has nothing but one part. */
const toOperation = (part: string, node: Json | undefined): Json => {
  if (node === undefined) return { parameters: [], responses: {} };
  if (part === 'body') return { parameters: [], responses: {}, requestBody: node };
  const [, status] = part.split('response ');
  return status === undefined
    ? { parameters: [node], responses: {} }
    : { parameters: [], responses: { [status]: node } };
};

const toDocument = (operation: Json): Json => ({
  openapi: '3.1.0',
  info: { title: '', version: '' },
  paths: { '/': { post: operation } },
});

/** Above the operation: `paths`, `/`, `post`. */
const operationDepth = 3;

const compareOnce = (part: string, before: Json | undefined, after: Json | undefined): readonly Diff[] => {
  const [left, right] = prune(before, after).map((node) => toDocument(toOperation(part, node as Json | undefined)));
  return apiCompare(left, right).diffs.map((diff) => ({ ...diff, path: diff.path.slice(operationDepth) }));
};

const createToText = () => {
  const texts = new WeakMap<Json, string>();
  return (node: Json): string => {
    const text = texts.get(node) ?? JSON.stringify(node);
    texts.set(node, text);
    return text;
  };
};

/** Creates the comparison of parts of operations. Operations share most of their parts, so each pair is compared once. */
export const createPartComparison = () => {
  const toText = createToText();
  const cache = new Map<string, readonly Finding[]>();
  return (part: string, before?: Json, after?: Json): readonly Finding[] => {
    const [left, right] = [before, after].map((node) => (node ? toText(node) : ''));
    if (left === right) return [];
    const key = `${part} ${left} ${right}`;
    const changes = cache.get(key) ?? compareOnce(part, before, after).flatMap((diff) => classify(part, diff, before));
    cache.set(key, changes);
    return changes;
  };
};
