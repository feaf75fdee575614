import {
  acceptsIdempotencyKey,
  commonErrors,
  type FieldError,
  invalidFields,
  type RouteSpec,
  requiresIdempotencyKey,
  requiresVersion,
  toFieldMessage,
  toInvalidRequest,
} from '@plinth/contract-kit';
import { z } from 'zod';

/** A request that passed the checks of the API. */
export type MockRequest = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  /** The body as it was sent. */
  readonly body: unknown;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | null;
  readonly idempotencyKey: string | undefined;
  readonly token: string;
};

const noQuery = z.strictObject({});

const validate = (schema: z.core.$ZodType, data: unknown, location: FieldError['location']): unknown => {
  const { error, data: value } = z.safeParse(schema, data, { error: toFieldMessage });
  if (error) throw toInvalidRequest(error, { location, data });
  return value;
};

/** Reads the parameters of a URL. One that is sent twice is a list, which no schema accepts. */
const readQuery = (url: string): Readonly<Record<string, unknown>> => {
  const { searchParams } = new URL(url);
  return Object.fromEntries(
    [...searchParams.keys()].map((name) => {
      const values = searchParams.getAll(name);
      return [name, values.length > 1 ? values : values[0]];
    }),
  );
};

const readBody = async (request: Request): Promise<unknown> => {
  const text = await request.text();
  if (!/^application\/(?:json|merge-patch\+json)\b/.test(request.headers.get('content-type') ?? '')) {
    throw text === ''
      ? commonErrors.invalidRequest({ detail: 'The body is empty.' })
      : commonErrors.unsupportedMediaType();
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw commonErrors.invalidRequest({ detail: 'The body is not valid JSON.', cause });
  }
};

const readKey = (route: RouteSpec, headers: Headers): string | undefined => {
  const key = headers.get('idempotency-key')?.replace(/^"(.*)"$/, '$1');
  if (!acceptsIdempotencyKey(route)) return undefined;
  const isMissing = key === undefined && requiresIdempotencyKey(route);
  const isMalformed = key !== undefined && !/^[\x20-\x7e]{1,255}$/.test(key);
  if (isMissing || isMalformed) {
    const message = isMissing ? 'is required here' : 'must be 1 to 255 printable characters';
    throw invalidFields([{ pointer: '/idempotency-key', location: 'header', code: 'invalid-key', message }]);
  }
  return key;
};

const readToken = ({ auth }: RouteSpec, headers: Headers): string => {
  const [, token = ''] = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  if (token === '' && auth !== 'public') throw commonErrors.unauthenticated();
  return token;
};

const readIfMatch = (route: RouteSpec, headers: Headers): string | undefined => {
  const ifMatch = headers.get('if-match') ?? undefined;
  if (requiresVersion(route) && (ifMatch === undefined || ifMatch === '*')) throw commonErrors.preconditionRequired();
  return ifMatch;
};

/** Checks a request as the API does. @throws `ApiError`. */
export const readRequest = async (
  route: RouteSpec,
  request: Request,
  params: Readonly<Record<string, string>>,
): Promise<MockRequest> => {
  const { headers, url } = request;
  const token = readToken(route, headers);
  const body = route.body ? await readBody(request) : undefined;
  if (route.params) validate(route.params, params, 'params');
  if (route.body) validate(route.body, body, 'body');
  const query = validate(route.query ?? noQuery, readQuery(url), 'query');
  return {
    params,
    query,
    body,
    ifMatch: readIfMatch(route, headers),
    ifNoneMatch: headers.get('if-none-match'),
    idempotencyKey: readKey(route, headers),
    token,
  };
};
