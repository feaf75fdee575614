type Json = { readonly [key: string]: unknown };

type Parameter = { readonly name: string; readonly in: string };
type Media = { readonly schema?: Json; readonly 'x-item-schema'?: Json };
export type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
};

/** What is read of `/openapi.json` here. */
export type Reference = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

/** One operation by where it is. */
export type Place = { readonly method: string; readonly path: string };

const ndjson = 'application/x-ndjson';

/** The reference that a platform serves, as JSON and as what is read of it. */
export const fetchReference = async (url: string): Promise<Reference> => {
  const answer = await fetch(`${url}/openapi.json`);
  if (!answer.ok) throw new Error(`/openapi.json was answered with ${answer.status}.`);
  return (await answer.json()) as Reference;
};

export const operationsOf = ({ paths }: Reference): (Place & { readonly operation: Operation })[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

/**
 * The same reference, with an array wherever it describes a line of a stream: schemathesis knows a schema for the whole
 * of an answer only, and `hooks.py` gives it all lines at once.
 */
export const withStreamsAsArrays = (reference: Reference): Reference =>
  JSON.parse(JSON.stringify(reference), (key, value: Media) =>
    key === ndjson ? { schema: { type: 'array', items: value['x-item-schema'] } } : value,
  ) as Reference;

/** The operations that take a cursor: any text is one by its schema, and only those that were given out are taken. */
export const lists = (reference: Reference): Place[] =>
  operationsOf(reference).filter(({ operation }) => operation.parameters?.some(({ name }) => name === 'cursor'));
