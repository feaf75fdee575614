import { applyMergePatch, type MergePatch } from '@plinth/contract-kit';
import type { z } from 'zod';
import type { Change, Entity } from './entity.ts';
import { toChange } from './to-change.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the change that a merge patch makes to the document that was read, or undefined when it changes nothing. An object is set
 * as a whole, so `update` must compare the version. `schema` is the one of `toMergePatch`; its fields are those of the document.
 * @throws `invalid-request` when the result is not valid as a whole.
 */
export const toPatchChange = <Shape extends z.core.$ZodShape, D extends Entity & z.output<z.ZodObject<Shape>>>(
  schema: z.ZodObject<Shape>,
  document: D,
  patch: MergePatch<Shape>,
): Change<D> | undefined => {
  const merged = applyMergePatch(schema, document, patch) as Fields;
  const patched = Object.keys(schema._zod.def.shape).filter((name) => (patch as Fields)[name] !== undefined);
  const values = Object.fromEntries(patched.map((name) => [name, merged[name] ?? null]));
  return toChange(document, values as Parameters<typeof toChange<D>>[1]);
};
