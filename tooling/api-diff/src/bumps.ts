import { parseChangesetFile } from '@changesets/parse';
import type { State } from './base.ts';
import type { Kind } from './snapshots.ts';

/** The packages that have the version of the API. A changeset of either one bumps both. */
export const apiPackages: readonly string[] = ['@plinth/service-contracts', '@plinth/service-actions'];

const order = ['none', 'patch', 'minor', 'major'] as const;
export type Bump = (typeof order)[number];

const max = (bumps: readonly Bump[]): Bump => order[Math.max(0, ...bumps.map((bump) => order.indexOf(bump)))] ?? 'none';

export const isEnough = (carried: Bump, needed: Bump): boolean => order.indexOf(carried) >= order.indexOf(needed);

/** Returns the bump that changes of a kind need. Before 1.0.0 a minor version may break clients. */
export const getNeededBump = (kind: Kind | undefined, version: string): Bump => {
  const isBefore1 = version.startsWith('0.');
  if (kind === 'breaking') return isBefore1 ? 'minor' : 'major';
  if (kind === 'additive') return isBefore1 ? 'patch' : 'minor';
  return 'none';
};

const parts = ['major', 'minor', 'patch'] as const;

/** The bump between two versions: a release has turned its changesets into a version. */
const compareVersions = (before: string, after: string): Bump => {
  const [old, now] = [before.split('.'), after.split('.')];
  return parts.find((_, index) => Number(now[index]) > Number(old[index])) ?? 'none';
};

export type Carried = {
  readonly bump: Bump;
  /** The changesets that carry it. */
  readonly paths: readonly string[];
};

/** Finds the bump that the changes since the base carry already, by a changeset that the base does not have, or by the version. */
export const findCarriedBump = (base: Omit<State, 'snapshots'>, present: Omit<State, 'snapshots'>): Carried => {
  const added = [...present.changesets].filter(([path, text]) => base.changesets.get(path)?.trim() !== text.trim());
  const bumps = added.map(([path, text]) => {
    const releases = parseChangesetFile(text).releases.filter(({ name }) => apiPackages.includes(name));
    return { path, bump: max(releases.map(({ type }) => type)) };
  });
  const bump = max([...bumps.map((item) => item.bump), compareVersions(base.version, present.version)]);
  return { bump, paths: bumps.filter((item) => item.bump === bump && bump !== 'none').map(({ path }) => path) };
};
