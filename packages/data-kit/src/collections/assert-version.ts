import { commonErrors } from '@plinth/contract-kit';
import type { Entity } from './entity.ts';

/** The versions that `If-Match` names: the change holds for any of them and for no other. */
export type ExpectedVersions = readonly number[];

/** @throws `stale-version` when what is stored is none of the versions that the caller has seen. */
export const assertVersion = ({ version }: Entity, expected: ExpectedVersions): void => {
  if (!expected.includes(version)) throw commonErrors.staleVersion();
};
