import type { z } from 'zod';

/** A rule over several fields, such as that a booking ends after it starts. `T` has the fields that it compares. */
export type Rule<T> = {
  /** The field that an error names. */
  readonly field: keyof T & string;
  /** The code of the error, such as `ends-before-start`. */
  readonly code: string;
  /** Follows the name of the field: `must be after startsAt`. */
  readonly message: string;
  /** Pure. It is called with valid fields only; an optional one may be undefined. */
  readonly holds: (value: T) => boolean;
  /** Returns other values of some fields, with which the rule holds. Generators of test data need it. */
  readonly repair: (value: T) => Partial<T>;
};

type AnyRule = Rule<Record<string, unknown>>;
type Params = { readonly rule?: AnyRule } | undefined;

/**
 * Adds a rule to an object, such as a DTO or a model. Validation reports it at its field, and the API reference describes it. Add
 * rules before `.meta({ id })`, and fields before rules: Zod refuses to extend or pick from an object with rules.
 */
export const withRule = <S extends z.ZodObject<z.core.$ZodShape>>(schema: S, rule: Rule<z.output<S>>): S => {
  const { field, code, message, holds } = rule;
  const description = [schema.meta()?.description, `\`${field}\` ${message}.`].filter(Boolean).join(' ');
  const isOfRule = (issue: z.core.$ZodRawIssue): boolean =>
    issue.code === 'custom' && (issue.params as Params)?.rule !== undefined;
  const refined = schema.refine(holds as (value: unknown) => boolean, {
    path: [field],
    error: message,
    params: { code, rule },
    when: ({ issues }) => issues.every(isOfRule),
  });
  return refined.meta({ description });
};

/** Returns the rules of a schema, in the order of their declaration. */
export const getRules = (schema: z.core.$ZodType): AnyRule[] =>
  (schema._zod.def.checks ?? []).flatMap(({ _zod: { def } }) => (def as { params?: Params }).params?.rule ?? []);
