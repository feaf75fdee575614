import type { Indexed } from './collection.ts';
import { Entity } from './entity.ts';

/** Refuses a change that types cannot: of the collection's own fields, of unknown ones, or of one field twice. */
export const assertChange = (definition: Indexed, change: object): void => {
  const { $set, $inc, $unset, $push, ...unknown } = change as Record<string, object | undefined>;
  const refuse = (text: string): never => {
    throw new TypeError(`${definition.name}: ${text}`);
  };
  const [stray] = Object.keys(unknown);
  if (stray !== undefined) refuse(`'${stray}' is not a change; use $set, $inc, $unset or $push.`);
  const fields = [$set, $inc, $unset, $push].flatMap((part) => Object.keys(part ?? {}));
  for (const [at, field] of fields.entries()) {
    if (Object.hasOwn(Entity.shape, field)) refuse(`'${field}' is the collection's own and is never part of a change.`);
    if (!Object.hasOwn(definition.shape, field)) refuse(`'${field}' is not a field of the document.`);
    if (fields.indexOf(field) !== at) refuse(`the change names '${field}' twice.`);
  }
};
