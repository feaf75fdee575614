import type { Json } from './schemas.ts';

type Operation = {
  readonly parameters: readonly Json[];
  readonly responses: { readonly [status: string]: Json };
};
type Paths = { readonly [path: string]: { readonly [method: string]: Json } };

const toLastPart = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

const getReference = (value: unknown): string | undefined => (value as { $ref?: string } | undefined)?.$ref;

/** Names a parameter for its schema, such as `UserId`, or for itself, such as `createdAt.gte`. */
const toParameterName = ({ name, required, schema, in: location }: Json): string => {
  const reference = getReference(schema);
  if (reference !== undefined) return toLastPart(reference);
  const isRequiredHeader = location === 'header' && required === true;
  return `${String(name).replaceAll(/\[(\w+)\]/g, '.$1')}${isRequiredHeader ? '.required' : ''}`;
};

/** The headers that only some responses with the same body have. */
const optionalHeaders = ['Deprecation', 'Link', 'Sunset', 'ETag', 'Location', 'Idempotency-Replayed', 'Cache-Control'];

/** Names a response for its codes, such as `users.email-taken-or-conflict`, or for its DTO, and for its optional headers. */
const toResponseName = ({ description, headers = {}, content = {} }: Json): string => {
  const [media] = Object.values(content as { [type: string]: { examples?: Json; schema?: unknown } });
  const codes = Object.values(media?.examples ?? {}).map((example) => toLastPart(String(getReference(example))));
  const dto = getReference(media?.schema);
  const subject = codes.length > 0 ? [codes.join('-or-')] : [...(dto === undefined ? [] : [toLastPart(dto)])];
  const title = codes.length > 0 || description === 'OK' ? [] : [String(description).replaceAll(' ', '-')];
  const names = Object.keys(headers as Json).filter((name) => optionalHeaders.includes(name));
  return [...subject, ...title, ...names].join('.');
};

type Shared = { readonly components: Json; readonly refer: (value: Json) => Json };

/** Makes a component of each value that occurs more than once. If another value has its name, it stays where it is. */
const share = (values: readonly Json[], section: string, toName: (value: Json) => string): Shared => {
  const components: { [name: string]: Json } = {};
  const references = new Map<string, Json>();
  for (const [text, same] of Map.groupBy(values, (value) => JSON.stringify(value))) {
    const [value] = same;
    const name = value && same.length > 1 ? toName(value) : '';
    if (!value || name === '' || components[name]) continue;
    components[name] = value;
    references.set(text, { $ref: `#/components/${section}/${name}` });
  }
  return { components, refer: (value) => references.get(JSON.stringify(value)) ?? value };
};

const mapValues = <V, T>(values: { readonly [key: string]: V }, convert: (value: V) => T): { [key: string]: T } =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, convert(value)]));

/** Moves the parameters and responses that several operations have to components, so that the document has each once. */
export const shareRepeated = (paths: Paths) => {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods)) as unknown as Operation[];
  const parameters = share(
    operations.flatMap((operation) => operation.parameters),
    'parameters',
    toParameterName,
  );
  const responses = share(
    operations.flatMap((operation) => Object.values(operation.responses)),
    'responses',
    toResponseName,
  );
  const toShared = (operation: Json): Json => ({
    ...operation,
    parameters: (operation as unknown as Operation).parameters.map(parameters.refer),
    responses: mapValues((operation as unknown as Operation).responses, responses.refer),
  });
  return {
    paths: mapValues(paths, (methods) => mapValues(methods, toShared)),
    components: { parameters: parameters.components, responses: responses.components },
  };
};
