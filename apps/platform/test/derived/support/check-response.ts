import { getDeclaredErrors, getListItem, getSuccess, type RouteSpec } from '@plinth/contract-kit';
import type { TestResponse } from '@plinth/service-kit/testing';
import { z } from 'zod';
import type { Request } from './requests.ts';

type Exchange = { readonly request: Request; readonly response: TestResponse };

const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  fix: z.string(),
  requestId: z.string(),
});

const toPartialPage = (schema: z.core.$ZodType): z.core.$ZodType => {
  const item = getListItem(schema);
  return item ? z.object({ items: z.array(item.partial()), nextCursor: z.string().nullable() }) : schema;
};

const parseLines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

const findSuccessFaults = (route: RouteSpec, { request, response }: Exchange): string[] => {
  const { status, schema } = getSuccess(route);
  if (response.status === 304) return [];
  if (response.status !== status) return [`has the status ${response.status} in place of ${status}`];
  if (status === 204) return response.text === '' ? [] : ['has a body with the status 204'];
  const accepted = 'fields' in request.query ? toPartialPage(schema) : schema;
  const bodies = route.stream ? parseLines(response.text) : [response.body as unknown];
  return bodies.flatMap((body) => {
    const { error } = z.safeParse(accepted, body);
    return error ? [`has a body that its schema refuses: ${z.prettifyError(error)}`] : [];
  });
};

const findErrorFaults = (route: RouteSpec, { response }: Exchange): string[] => {
  const { status, body } = response;
  if (status >= 500) return [`is a server error, ${status}`];
  if (!Problem.safeParse(body).success) return [`has the status ${status} and no problem document`];
  // A path that does not match the route is not an error of the route.
  if (status === 404 && body.code === 'not-found') return [];
  const declared = getDeclaredErrors(route).find((error) => error.code === body.code && error.status === status);
  if (!declared) return [`has the error ${status} ${body.code}, which the contract does not declare`];
  return declared.data && !z.safeParse(declared.data, body.data).success ? [`has data that ${body.code} refuses`] : [];
};

/** Returns the fields of an accepted body that the response shows with other values. Objects may have further fields. */
const findChanged = (sent: unknown, received: unknown): string[] => {
  if (typeof sent !== 'object' || sent === null || typeof received !== 'object' || received === null) return [];
  return Object.entries(sent).flatMap(([name, value]) => {
    if (!Object.hasOwn(received, name)) return [];
    const shown = (received as Record<string, unknown>)[name];
    const isScalar = typeof value !== 'object' || value === null;
    if (!isScalar) return findChanged(value, shown);
    return value === shown || value === null ? [] : [`shows ${name} as ${JSON.stringify(shown)}`];
  });
};

/** Returns a body as its schema reads it, such as a time without its offset or an id in lower case. */
const toRead = ({ body: schema }: RouteSpec, body: unknown): unknown =>
  JSON.parse(JSON.stringify((schema && z.safeParse(schema, body).data) ?? null));

/** Returns the faults of a response: an undeclared status, a body that its schema refuses, or changed values. */
export const findResponseFaults = (route: RouteSpec, exchange: Exchange): string[] => {
  const { request, response } = exchange;
  if (response.status >= 400) return findErrorFaults(route, exchange);
  const changed = response.status === 201 ? findChanged(toRead(route, request.body), response.body) : [];
  return [...findSuccessFaults(route, exchange), ...changed];
};
