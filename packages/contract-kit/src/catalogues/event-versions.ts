import type { z } from 'zod';

export type Shape = Readonly<Record<string, z.core.$ZodType>>;

export type PayloadOf<S extends Shape> = { [F in keyof S]: S[F]['_zod']['output'] };

/** The fields of an earlier version, and their conversion to those of the next one. */
export type EarlierFields = { readonly fields: Shape; readonly upcast: (fields: never) => object };

/** The fields of an event in its newest version, and in those before. */
export type EventVersions<F extends Shape = Shape> = {
  readonly fields: F;
  readonly earlier: readonly EarlierFields[];
  /** Begins a version with other fields. */
  nextVersion<N extends Shape>(fields: N): NextVersion<F, N>;
};

/** A version that has no upcaster yet. */
type NextVersion<F extends Shape, N extends Shape> = {
  /** Sets the conversion from the fields of the previous version, so that stored events reach consumers with the new fields. */
  upcast(upcast: (previous: PayloadOf<F>) => PayloadOf<N>): EventVersions<N>;
};

const createVersions = <F extends Shape>(fields: F, earlier: readonly EarlierFields[]): EventVersions<F> => ({
  fields,
  earlier,
  nextVersion: (next) => ({ upcast: (upcast) => createVersions(next, [...earlier, { fields, upcast }]) }),
});

/**
 * Begins the versions of an event:
 * `firstVersion({ total }).nextVersion({ total, channel }).upcast((v1) => ({ ...v1, channel: 'web' }))`.
 */
export const firstVersion = <F extends Shape>(fields: F): EventVersions<F> => createVersions(fields, []);

/** Returns the versions of an event: the fields alone are version 1. */
export const toVersions = (spec: Shape | EventVersions): EventVersions =>
  // The values of a shape are schemas, which are not functions.
  typeof spec['nextVersion'] === 'function' ? (spec as EventVersions) : firstVersion(spec as Shape);
