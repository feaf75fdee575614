import { toDeclaredField, type UntypedDefinition } from '../collections/define-collection.ts';
import { isArray } from '../collections/field-kinds.ts';
import { getIndexes, sameSet, toDeclared } from '../lists/plan.ts';
import { assertWhere, type Filter, getRange, refuse } from '../lists/where.ts';

type SummaryFields = { readonly by?: string; readonly byDay?: string; readonly sum?: readonly string[] };

/**
 * Chooses the index that finds the documents of a summary and no others.
 * @throws when there is none: the message names the index to add.
 */
export const planSummary = (
  definition: UntypedDefinition,
  { where, by, byDay, sum = [] }: SummaryFields & { readonly where: Filter },
): string => {
  assertWhere(definition, where);
  const ranged = Object.keys(where).filter((name) => getRange(where, name));
  const prefix = Object.keys(where).filter((name) => !ranged.includes(name));
  if (ranged.length > 1) {
    return refuse(definition, `a summary has bounds on one field, and this one on ${toDeclared(definition, ranged)}.`);
  }
  const read = [by, byDay, ...sum].filter((field) => field !== undefined);
  const serving = getIndexes(definition).filter(
    ([, { fields }]) =>
      sameSet(fields.slice(0, prefix.length), prefix) &&
      (ranged.length === 0 || fields[prefix.length] === ranged[0]) &&
      // An index with an array, or with a path into one, has several keys for a document.
      !fields.slice(prefix.length).some((field) => field.includes('.') || isArray(definition.shape[field])),
  );
  // With all fields in the index, no document is fetched.
  const chosen = serving.find(([, { fields }]) => read.every((field) => fields.includes(field))) ?? serving[0];
  if (chosen) return chosen[0];
  const filters = toDeclared(definition, prefix);
  const bounds = ranged.map((name) => ` with bounds on ${toDeclaredField(definition, name)}`).join('');
  const fields = toDeclared(definition, [...prefix, ...ranged]) || '_id';
  return refuse(
    definition,
    `no index serves a summary ${filters ? `by ${filters}` : 'without a filter'}${bounds}. Add [${fields}] to its defineCollection.`,
  );
};
