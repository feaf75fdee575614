import type { z } from 'zod';

/** The checks of a schema that a generator can fulfil by construction. */
export type Constraints = {
  format?: string;
  readonly patterns: RegExp[];
  /** The bounds of a length, a number or a time; an exclusive bound counts as its value. */
  min?: number;
  max?: number;
  step?: number;
};

type CheckDef = Readonly<Record<string, unknown>> & { readonly check?: string };

const add = (constraints: Constraints, def: CheckDef): void => {
  const { check } = def;
  if (check === 'min_length' || check === 'length_equals') constraints.min = Number(def['minimum'] ?? def['length']);
  if (check === 'max_length' || check === 'length_equals') constraints.max = Number(def['maximum'] ?? def['length']);
  if (check === 'greater_than') constraints.min = Math.max(Number(def['value']), constraints.min ?? -Infinity);
  if (check === 'less_than') constraints.max = Math.min(Number(def['value']), constraints.max ?? Infinity);
  if (check === 'multiple_of') constraints.step = Number(def['value']);
  if (check === 'number_format' || (check === 'string_format' && def['format'] !== 'regex'))
    constraints.format = String(def['format']);
  if (check === 'string_format' && def['pattern'] instanceof RegExp) constraints.patterns.push(def['pattern']);
};

/** Reads the checks of a schema, which may be a check itself (`z.email()`, `z.int()`). */
export const readConstraints = (schema: z.core.$ZodType): Constraints => {
  const constraints: Constraints = { patterns: [] };
  const { def } = schema._zod;
  add(constraints, def as CheckDef & typeof def);
  for (const { _zod } of def.checks ?? []) add(constraints, _zod.def as CheckDef & typeof _zod.def);
  return constraints;
};
