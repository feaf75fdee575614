import type { Clock, Ctx, Ids } from '../context/context.ts';
import type { UntypedDefinition } from './define-collection.ts';
import { type Change, type Draft, Entity } from './entity.ts';

/** Creates a document from a draft and the fields that the collection adds. */
export const createDocument = <D extends Entity>(
  draft: Draft<D>,
  { ctx, clock, ids }: { ctx: Ctx; clock: Clock; ids: Ids },
): D => {
  const now = clock.now();
  const document: unknown = {
    ...draft,
    _id: ids.next(),
    tenantId: ctx.tenantId,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  return document as D;
};

const definedIn = (fields: object = {}): [string, unknown][] =>
  Object.entries(fields).filter(([, value]) => value !== undefined);

/** Returns the document after a change, with the next version. It modifies no argument; an undefined value changes nothing. */
export const applyChange = <D extends Entity>(document: D, change: Change<D>, now: Date): D => {
  const next: Record<string, unknown> = { ...document, ...Object.fromEntries(definedIn(change.$set)) };
  for (const [field, by] of definedIn(change.$inc)) next[field] = Number(next[field] ?? 0) + Number(by);
  for (const [field, item] of definedIn(change.$push)) next[field] = [...((next[field] as unknown[]) ?? []), item];
  for (const [field] of definedIn(change.$unset)) delete next[field];
  return { ...next, version: document.version + 1, updatedAt: now } as D;
};

/** @throws for a change of a managed or unknown field, or of one field twice. Not all of these are compile errors. */
export const assertChange = (definition: UntypedDefinition, change: object): void => {
  const { $set, $inc, $unset, $push, ...unknown } = change as Record<string, object | undefined>;
  const refuse = (text: string): never => {
    throw new TypeError(`${definition.name}: ${text}`);
  };
  const [stray] = Object.keys(unknown);
  if (stray !== undefined) refuse(`'${stray}' is not a change; use $set, $inc, $unset or $push.`);
  const fields = [$set, $inc, $unset, $push].flatMap((part) => Object.keys(part ?? {}));
  for (const [index, field] of fields.entries()) {
    if (Object.hasOwn(Entity.shape, field))
      refuse(`'${field}' is written by the collection itself and is never part of a change.`);
    if (!Object.hasOwn(definition.shape, field)) refuse(`'${field}' is not a field of the document.`);
    if (fields.indexOf(field) !== index) refuse(`the change names '${field}' twice.`);
  }
};
