import { getSuccess, type RouteSpec } from '@plinth/contract-kit';
import { z } from 'zod';
import { createId, type Resource } from './store.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const getShape = (schema: z.core.$ZodType | undefined): Readonly<Record<string, z.core.$ZodType>> =>
  schema instanceof z.ZodObject ? (schema.shape as Record<string, z.core.$ZodType>) : {};

export const getExample = (schema: z.core.$ZodType): Fields => {
  const [example] = (z.globalRegistry.get(schema)?.['examples'] ?? []) as readonly unknown[];
  return isFields(example) ? example : {};
};

const isValid = (schema: z.core.$ZodType | undefined, value: unknown): boolean =>
  schema !== undefined && z.safeParse(schema, value).success;

/** Keeps the fields that the response of a route has, and that are valid in it. */
const pickValid = (schema: z.core.$ZodType, fields: Fields): Fields => {
  const shape = getShape(schema);
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => isValid(shape[name], value)));
};

/** Returns a body as it is stored, with its defaults. */
export const toStoredBody = ({ body }: RouteSpec, sent: unknown): Fields => {
  if (!body || !isFields(sent)) return {};
  const { data } = z.safeParse(body, sent);
  const encoded = z.safeEncode(body, data);
  return isFields(encoded.data) ? encoded.data : sent;
};

/** Creates the response of a route that creates something: its example with the fields of the body. */
export const createResource = (route: RouteSpec, body: Fields): Fields => {
  const { schema } = getSuccess(route);
  const shape = getShape(schema);
  const inputs = Object.keys(getShape(route.body));
  // An optional field that the caller did not send is not that of the example.
  const example = Object.entries(getExample(schema)).filter(
    ([name]) => !(inputs.includes(name) && shape[name] instanceof z.ZodOptional),
  );
  const now = new Date().toISOString();
  const own = { id: createId(), version: 1, createdAt: now, updatedAt: now };
  return { ...Object.fromEntries(example), ...pickValid(schema, own), ...pickValid(schema, body) };
};

/** Applies a merge patch (RFC 7396). */
const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isFields(patch)) return patch;
  const merged: Record<string, unknown> = { ...(isFields(target) ? target : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
};

/** Returns a changed resource with its next version. A patch or a role that changes nothing keeps it. */
export const changeResource = (route: RouteSpec, resource: Resource, body: Fields): Resource => {
  const { schema } = getSuccess(route);
  const names = Object.keys(getShape(schema));
  const known = Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)));
  const merged = mergePatch(resource, known) as Resource;
  const isSame = route.method !== 'POST' && JSON.stringify(merged) === JSON.stringify(resource);
  if (isSame) return resource;
  const version = Number(resource['version']) + 1;
  return { ...merged, ...pickValid(schema, { version, updatedAt: new Date().toISOString() }) };
};

/** True when both routes return the same kind of resource. */
export const returnsSame = (route: RouteSpec, other: RouteSpec | undefined): boolean =>
  other !== undefined && getSuccess(route).schema === getSuccess(other).schema;
