import type { z } from 'zod';
import type { EventDefinition } from './events.ts';

/** An event as stored. Without a version it is of version 1: earlier releases stored none. */
export type StoredPayload = { readonly version?: number | undefined; readonly payload: unknown };

const parse = (schema: z.ZodType, payload: unknown, { name, version }: { name: string; version: number }): object => {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data as object;
  const [issue] = parsed.error.issues;
  throw new TypeError(
    `The payload of '${name}', version ${version}, breaks its schema at '${issue?.path.join('.')}': ${issue?.message}.`,
  );
};

/**
 * Converts the payload of a stored event to the newest version, by one upcaster after the other, and validates it.
 * @throws for a version that this code does not have, and for a payload that breaks the schema of its version or of the newest.
 */
export const toNewestPayload = <P extends object>(
  { name, version: newest, earlier, payload: schema, aggregate }: EventDefinition<P>,
  { version = 1, payload: stored }: StoredPayload,
): P => {
  if (version > newest) {
    throw new RangeError(
      `'${name}' has version ${version}, and this code has versions up to ${newest}: a newer release emitted the event. Retry it with that release.`,
    );
  }
  let payload = stored;
  for (let index = version - 1; index < newest - 1; index += 1) {
    const previous = earlier[index];
    if (!previous) {
      throw new RangeError(`No upcaster converts version ${version} of '${name}' to version ${newest}. Add it.`);
    }
    const { [aggregate]: id, ...fields } = parse(previous.payload, payload, { name, version: index + 1 }) as Record<
      string,
      unknown
    >;
    payload = { ...previous.upcast(fields as never), [aggregate]: id };
  }
  return parse(schema, payload, { name, version: newest }) as P;
};
