import { isObject, type Json, type Snapshots } from './snapshots.ts';

export type Operation = {
  /** `POST /v1/users`. */
  readonly name: string;
  readonly id: string;
  /** The function of the client: `users.createUser`. */
  readonly action: string;
  /** Its parts without references: `query limit`, `body`, `response 200`, and `operation` for the rest. */
  readonly parts: ReadonlyMap<string, Json>;
};

/** Matches the pattern of a parameter with several values: `^(name|email)(,(name|email))*$`. */
const severalValues = /^\^\((?<values>[\w|-]+)\)\(,\(\k<values>\)\)\*\$$/;

/** Replaces a pattern or an extension that the differ does not understand with keywords that it does. */
const withPlainKeywords = (node: Json): Json => {
  const { 'x-item-schema': itemSchema, pattern, ...rest } = node;
  if (itemSchema !== undefined) return { ...rest, schema: itemSchema };
  const values = severalValues.exec(String(pattern))?.groups?.['values'];
  return values === undefined ? node : { ...rest, enum: values.split('|'), 'x-several': true };
};

/** Returns a copy without references. A schema that contains itself ends at its name. */
export const createDereference = (document: Json) => {
  const cache = new Map<string, unknown>();
  const find = (reference: string, open: readonly string[]): unknown => {
    if (open.includes(reference)) return { title: reference };
    const found = reference
      .split('/')
      .slice(1)
      .reduce<unknown>((value, key) => (value as Json | undefined)?.[key], document);
    const copy = cache.get(reference) ?? dereference(found, [...open, reference]);
    cache.set(reference, copy);
    return copy;
  };
  const dereference = (node: unknown, open: readonly string[] = []): unknown => {
    if (Array.isArray(node)) return node.map((item) => dereference(item, open));
    if (!isObject(node)) return node;
    const { $ref: reference, ...others } = node;
    const target = typeof reference === 'string' ? find(reference, open) : {};
    // The same object, so that what many operations share is converted to text once.
    if (typeof reference === 'string' && Object.keys(others).length === 0) return target;
    const own = Object.fromEntries(Object.entries(others).map(([key, value]) => [key, dereference(value, open)]));
    return withPlainKeywords({ ...(target as Json), ...own });
  };
  return dereference;
};

const splitParts = ({ parameters = [], requestBody, responses, ...rest }: Json): ReadonlyMap<string, Json> =>
  new Map([
    ['operation', rest],
    ...(parameters as readonly Json[]).map((node) => [`${String(node['in'])} ${String(node['name'])}`, node] as const),
    ...(requestBody === undefined ? [] : [['body', requestBody as Json] as const]),
    ...Object.entries(responses as Readonly<Record<string, Json>>).map(
      ([status, node]) => [`response ${status}`, node] as const,
    ),
  ]);

/** Lists the operations of an API. */
export const listOperations = ({ openapi, contracts }: Snapshots): readonly Operation[] => {
  const dereference = createDereference(openapi);
  return Object.entries(openapi['paths'] as Json).flatMap(([path, methods]) =>
    Object.entries(methods as Json).map(([method, node]) => {
      const operation = dereference(node) as Json;
      const id = String(operation['operationId']);
      const name = `${method.toUpperCase()} ${path}`;
      const module = contracts.operations[id]?.module;
      return { name, id, action: module === undefined ? id : `${module}.${id}`, parts: splitParts(operation) };
    }),
  );
};
