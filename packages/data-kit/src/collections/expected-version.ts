import { commonErrors, type ExpectedVersions } from '@plinth/contract-kit';
import type { Entity } from './entity.ts';

/** The expected versions that a read has compared with a stored document, by identity. */
const compared = new WeakSet<ExpectedVersions>();

/** @throws `stale-version` when the stored version is none of the expected ones. */
export const assertVersion = ({ version }: Entity, expected: ExpectedVersions): void => {
  compared.add(expected);
  if (!expected.includes(version)) throw commonErrors.staleVersion();
};

/**
 * Called after an operation that has the version of `If-Match` as its input.
 * @throws when the operation compared it with no document, so that a stale change would overwrite a newer one.
 */
export const assertVersionCompared = (operation: string, input: unknown): void => {
  const { version } = (input ?? {}) as { readonly version?: ExpectedVersions };
  if (!Array.isArray(version) || compared.has(version)) return;
  throw new TypeError(`'${operation}' ignored the version of If-Match. Pass it to the read: get(id, { version }).`);
};
