import { commonErrors } from './common-errors.ts';
import type { Entity } from './entity.ts';

/** The versions that `If-Match` names: the change holds for any of them and for no other. */
export type Versions = readonly number[];

/** @throws `stale-version` when what is stored is none of the versions that the caller has seen. */
export const assertVersion = ({ version }: Entity, expected: Versions): void => {
  if (!expected.includes(version)) throw commonErrors.staleVersion();
};
