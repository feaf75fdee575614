import {
  type Contract,
  getDeclaredErrors,
  getListCombinations,
  getListItem,
  getSuccess,
  hasVersion,
  type RouteSpec,
  type UploadSpec,
} from '@plinth/contract-kit';
import type { z } from 'zod';
import { csv, listColumns, toCsvExample } from '../http/csv-columns.ts';
import { ndjson } from '../http/stream.ts';
import { bodyLimitBytes } from '../plugins/body-parsers.ts';
import { getErrorHeaders, getSuccessHeaders } from './headers.ts';
import { listParameters } from './parameters.ts';
import { toProblemContent } from './problem-schema.ts';
import type { Json, SchemaRegistry } from './schemas.ts';

const successDescriptions: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No content',
};

const describeAuth = ({ auth }: RouteSpec): string => {
  if (auth === 'public') return 'Needs no credential.';
  if (auth === 'identity') return 'Needs the token of an identity that has signed in, with or without an organization.';
  if (auth === 'authenticated') return 'Needs a valid token, and no permission.';
  const exception = auth.orSelf === undefined ? '' : `, except for your own \`${auth.orSelf}\``;
  return `Needs the permission \`${auth.policy}\`${exception}.`;
};

const describeDeprecation = ({ deprecated }: RouteSpec): string | undefined => {
  if (!deprecated) return undefined;
  const { since, sunset, replacedBy } = deprecated;
  const end = sunset === undefined ? '' : `, and may be removed from ${sunset} on`;
  return `Deprecated since ${since}${end}.${replacedBy === undefined ? '' : ` Use \`${replacedBy}\` instead.`}`;
};

/** Joins the announced end, the description of the contract, the combinations of a list query, and the permission. */
const describe = (route: RouteSpec): string =>
  [describeDeprecation(route), route.description, getListCombinations(route.query), describeAuth(route)]
    .filter((text) => text !== undefined)
    .join('\n\n');

/** Converts the schema of a page to that of a response to `?fields=`, whose items have only the requested fields. */
const toSparsePage = (page: z.core.$ZodType, item: z.ZodObject, registry: SchemaRegistry): Json => {
  const { properties, ...rest } = registry.resolve(registry.toJson(page));
  const id = item.meta()?.id;
  const sparse = registry.toJson(id === undefined ? item.partial() : item.partial().meta({ id: `Partial${id}` }));
  return { ...rest, properties: { ...(properties as Json), items: { type: 'array', items: sparse } } };
};

const toContent = (route: RouteSpec, registry: SchemaRegistry): Json => {
  const { schema } = getSuccess(route);
  const { schema: json, ...example } = registry.toMedia(schema);
  if (route.stream) {
    // OpenAPI 3.1 has no schema for the items of a stream.
    return {
      [ndjson]: {
        schema: { type: 'string', description: 'Lines of JSON. `x-item-schema` is the schema of one line.' },
        'x-item-schema': json,
        ...(example.example !== undefined && { example: `${JSON.stringify(example.example)}\n` }),
      },
    };
  }
  const item = getListItem(route.query);
  return {
    'application/json': {
      schema: item ? { anyOf: [json, toSparsePage(schema, item, registry)] } : json,
      ...example,
    },
  };
};

const toSuccessResponses = ({ contract, route, registry }: OperationOptions): Json => {
  const { status } = getSuccess(route);
  return {
    [status]: {
      description: successDescriptions[status],
      headers: getSuccessHeaders(route, { contract, status }),
      ...(status !== 204 && { content: toContent(route, registry) }),
    },
    ...(route.method === 'GET' &&
      hasVersion(route) && {
        304: { description: 'Not modified', headers: getSuccessHeaders(route, { contract, status: 304 }) },
      }),
  };
};

const toErrorResponses = (route: RouteSpec, registry: SchemaRegistry): Json => {
  const byStatus = Map.groupBy(getDeclaredErrors(route), ({ status }) => status);
  return Object.fromEntries(
    [...byStatus]
      .sort(([left], [right]) => left - right)
      .map(([status, errors]) => [
        status,
        {
          description: errors.map(({ title }) => title).join(' '),
          headers: getErrorHeaders(route, status),
          content: toProblemContent(errors, registry),
        },
      ]),
  );
};

const toSecurity = ({ auth }: RouteSpec): Json => ({
  security: auth === 'public' ? [] : [{ bearer: [] }],
  ...(typeof auth === 'object' && {
    'x-permission': auth.policy,
    ...(auth.orSelf !== undefined && { 'x-or-self': auth.orSelf }),
  }),
});

const toUploadBody = ({ line, linesMax }: UploadSpec, bytesMax: number, registry: SchemaRegistry): Json => {
  const { schema, example = {} } = registry.toMedia(line);
  const columns = listColumns(line).map(({ name }) => name);
  const description = `At most ${linesMax} lines and ${bytesMax / 1024 / 1024} MiB, which arrive within eight seconds. An empty body has no lines.`;
  const toContent = (text: string, format: string): Json => ({
    schema: { type: 'string', description: format },
    'x-item-schema': schema,
    example: text,
  });
  const ndjsonFormat = 'Lines of JSON. `x-item-schema` is the schema of one line.';
  const csvFormat = `A line with the names of columns, and a line for each item. Columns: \`${columns.join('`, `')}\`. An empty cell is an absent field.`;
  const content = {
    [ndjson]: toContent(`${JSON.stringify(example)}\n`, ndjsonFormat),
    [csv]: toContent(toCsvExample(line, example as Json), csvFormat),
  };
  return { requestBody: { description, required: false, content } };
};

const toRequestBody = (
  { method, body, upload, bodyBytesMax = bodyLimitBytes }: RouteSpec,
  registry: SchemaRegistry,
): Json => {
  if (upload) return toUploadBody(upload, bodyBytesMax, registry);
  if (!body) return {};
  const types = method === 'PATCH' ? ['application/merge-patch+json', 'application/json'] : ['application/json'];
  const media = registry.toMedia(body);
  const description = `At most ${bodyBytesMax / 1024} KiB.`;
  const content = Object.fromEntries(types.map((type) => [type, media]));
  return { requestBody: { description, required: true, content } };
};

export type OperationOptions = {
  readonly contract: Contract;
  readonly route: RouteSpec;
  readonly registry: SchemaRegistry;
};

/** Converts a route into an operation of the reference, from its contract alone. */
export const toOperation = (operationId: string, options: OperationOptions): Json => {
  const { contract, route, registry } = options;
  return {
    operationId,
    summary: route.summary,
    description: describe(route),
    ...(route.deprecated && { deprecated: true }),
    tags: [contract.name],
    ...toSecurity(route),
    parameters: listParameters(route, registry),
    ...toRequestBody(route, registry),
    responses: { ...toSuccessResponses(options), ...toErrorResponses(route, registry) },
  };
};
