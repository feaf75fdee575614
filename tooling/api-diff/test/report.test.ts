import { describe, expect, it } from 'vitest';
import { findCarriedBump } from '../src/bumps.ts';
import { createReport } from '../src/report.ts';
import type { Change, Kind } from '../src/snapshots.ts';

const createChange = (kind: Kind, action = 'users.getUser'): Change => ({
  kind,
  rule: `${kind}-rule`,
  text: 'response 200: `email` is removed',
  operation: 'GET /v1/users/{id}',
  action,
});

const createChangeset = (bump: string, name = '@plinth/service-contracts'): string =>
  `---\n'${name}': ${bump}\n---\n\nText.\n`;

type Release = { version: string; changesets: Record<string, string> };

const report = (kind: Kind, base: Partial<Release>, present: Partial<Release>) => {
  const toState = ({ version = '1.4.0', changesets = {} }: Partial<Release>) => ({
    version,
    changesets: new Map(Object.entries(changesets)),
  });
  const carried = findCarriedBump(toState(base), toState(present));
  return createReport([createChange(kind)], { against: 'v1.4.0', version: toState(base).version, carried });
};

const withChangeset = (bump: string, name?: string): Partial<Release> => ({
  changesets: { '.changeset/a.md': createChangeset(bump, name) },
});

describe('a breaking change', () => {
  it.each<[string, Partial<Release>, Partial<Release>, boolean]>([
    ['without a changeset', {}, {}, false],
    ['with a smaller bump', {}, withChangeset('minor'), false],
    ['with a changeset of another package', {}, withChangeset('major', '@plinth/platform'), false],
    ['with a major bump', {}, withChangeset('major'), true],
    [
      'with a major bump of the client, which has the same version',
      {},
      withChangeset('major', '@plinth/service-actions'),
      true,
    ],
    ['with a changeset that the base has already', withChangeset('major'), withChangeset('major'), false],
    ['in a release that has used up its changeset', withChangeset('major'), { version: '2.0.0' }, true],
    ['before 1.0.0 with a patch', { version: '0.3.0' }, { version: '0.3.0', ...withChangeset('patch') }, false],
    ['before 1.0.0 with a minor bump', { version: '0.3.0' }, { version: '0.3.0', ...withChangeset('minor') }, true],
  ])('%s', (_, base, present, isAllowed) => {
    expect(report('breaking', base, present).isAllowed).toBe(isAllowed);
  });

  it('says which changeset it needs, and how to avoid the break', () => {
    const { text } = report('breaking', {}, withChangeset('patch'));
    expect(text).toContain(
      "They need a changeset with '@plinth/service-contracts': major, and there is one with patch only.",
    );
    expect(text).toContain('docs/guides/versions.md');
    expect(text).toContain('pnpm exec changeset');
  });
});

it.each(['additive', 'editorial'] as const)('an %s change is allowed without a changeset', (kind) => {
  expect(report(kind, {}, {}).isAllowed).toBe(true);
});

it('shows a change of a shared schema once, with its operations and functions', () => {
  const names = Array.from({ length: 8 }, (_, index) => `users.read${index}`);
  const changes = names.map((name) => createChange('breaking', name));
  const carried = { bump: 'none', paths: [] } as const;
  const { text } = createReport(changes, { against: 'v1.4.0', version: '1.4.0', carried });
  expect(text.match(/breaking-rule/g)).toHaveLength(1);
  expect(text).toContain('      GET /v1/users/{id}  users.read0\n');
  expect(text).toContain('and 2 more');
});
