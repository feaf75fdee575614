import type { z } from 'zod';

/** What the checks of a schema say, as far as a generator can aim at it. */
export type Facts = {
  format?: string;
  readonly patterns: RegExp[];
  /** Bounds of a length, a number or a time; an open bound counts as its value. */
  least?: number;
  most?: number;
  step?: number;
};

type CheckDef = Readonly<Record<string, unknown>> & { readonly check?: string };

const add = (facts: Facts, def: CheckDef): void => {
  const { check } = def;
  if (check === 'min_length' || check === 'length_equals') facts.least = Number(def['minimum'] ?? def['length']);
  if (check === 'max_length' || check === 'length_equals') facts.most = Number(def['maximum'] ?? def['length']);
  if (check === 'greater_than') facts.least = Math.max(Number(def['value']), facts.least ?? -Infinity);
  if (check === 'less_than') facts.most = Math.min(Number(def['value']), facts.most ?? Infinity);
  if (check === 'multiple_of') facts.step = Number(def['value']);
  if (check === 'number_format' || (check === 'string_format' && def['format'] !== 'regex'))
    facts.format = String(def['format']);
  if (check === 'string_format' && def['pattern'] instanceof RegExp) facts.patterns.push(def['pattern']);
};

/** Reads the checks of a schema, also the one that it is itself (`z.email()`, `z.int()`). */
export const factsOf = (schema: z.core.$ZodType): Facts => {
  const facts: Facts = { patterns: [] };
  const { def } = schema._zod;
  add(facts, def as CheckDef & typeof def);
  for (const { _zod } of def.checks ?? []) add(facts, _zod.def as CheckDef & typeof _zod.def);
  return facts;
};
