import type { Snapshots } from '../src/snapshots.ts';

/** A part of a document, whose values are read by `child`. */
export type Node = Record<string, unknown>;

/** Returns what a path of keys leads to. @throws when there is nothing, so that each planted change has an effect. */
export const child = (node: unknown, ...keys: readonly (string | number)[]): Node =>
  keys.reduce<unknown>((value, key) => {
    const next = (value as Node)[key];
    if (next === undefined) throw new Error(`There is no '${key}' in ${JSON.stringify(value).slice(0, 200)}.`);
    return next;
  }, node) as Node;

export const remove = (node: Node, key: string): void => {
  child(node, key);
  delete node[key];
};

export const list = (node: Node, ...keys: readonly (string | number)[]): unknown[] =>
  child(node, ...keys) as unknown as unknown[];

export const removeItem = (items: unknown[], item: unknown): void => {
  const index = items.indexOf(item);
  if (index < 0) throw new Error(`There is no ${String(item)}.`);
  items.splice(index, 1);
};

/** Edits a copy of the snapshots. A shared schema is changed for all operations; `parameter` and `response` are those of one. */
export const createEditor = (original: Snapshots) => {
  const { openapi, asyncapi, contracts } = structuredClone(original) as Record<keyof Snapshots, Node>;
  const findOperation = (operationId: string): readonly [string, string] => {
    for (const [path, methods] of Object.entries(child(openapi, 'paths'))) {
      for (const [method, operation] of Object.entries(methods as Node)) {
        if ((operation as Node)['operationId'] === operationId) return [path, method];
      }
    }
    throw new Error(`There is no operation ${operationId}.`);
  };
  const operation = (operationId: string): Node => child(openapi, 'paths', ...findOperation(operationId));
  const resolve = (node: Node): Node => {
    const reference = node['$ref'];
    return typeof reference === 'string' ? child(openapi, ...reference.split('/').slice(1)) : node;
  };
  const response = (operationId: string, status: number): Node => {
    const responses = child(operation(operationId), 'responses');
    const own = structuredClone(resolve(child(responses, status)));
    responses[status] = own;
    return own;
  };
  const parameter = (operationId: string, name: string): Node => {
    const parameters = list(operation(operationId), 'parameters');
    const index = parameters.findIndex((item) => resolve(item as Node)['name'] === name);
    if (index < 0) throw new Error(`${operationId} has no parameter ${name}.`);
    const own = structuredClone(resolve(parameters[index] as Node));
    own['schema'] = structuredClone(resolve(child(own, 'schema')));
    parameters[index] = own;
    return own;
  };
  const schema = (name: string): Node => child(openapi, 'components', 'schemas', name);
  return {
    openapi,
    asyncapi,
    contracts,
    snapshots: { openapi, asyncapi, contracts } as unknown as Snapshots,
    operation,
    response,
    parameter,
    schema,
    /** A resource, and the form of it in a list with `fields`. */
    resources: (name: string): readonly [Node, Node] => [schema(name), schema(`Partial${name}`)],
    facts: (operationId: string): Node => child(contracts, 'operations', operationId),
    event: (name: string): Node => child(contracts, 'events', name),
    /** The schema of the data of an event in a version, or `added` as one. */
    data: (name: string, version: number, added?: Node): Node => {
      const schemas = child(asyncapi, 'components', 'schemas');
      if (added) schemas[`${name}.v${version}`] = added;
      return child(schemas, `${name}.v${version}`);
    },
  };
};

export type Editor = ReturnType<typeof createEditor>;

export type Plant = (editor: Editor) => void;

/** Changes by their kind and their title. */
export type Plants = Readonly<Record<'breaking' | 'additive' | 'editorial', Readonly<Record<string, Plant>>>>;
