import { describe, expect, it } from 'vitest';
import { appsIn, notesOf, planRelease } from '../src/release.ts';
import { root } from './paths.ts';

const nothing = { version: '0.3.0', changesets: ['README.md', 'config.json'], tags: ['v0.3.0'] };

describe('a push to main', () => {
  it('asks for nothing when its version is tagged and no changeset waits', () => {
    expect(planRelease(nothing)).toEqual({ mode: 'none', version: '0.3.0', tag: 'v0.3.0' });
  });

  it('asks for the next version when a changeset waits, also before the last one is tagged', () => {
    const changesets = [...nothing.changesets, 'brave-cats-sing.md'];
    expect(planRelease({ ...nothing, changesets }).mode).toBe('version');
    expect(planRelease({ ...nothing, changesets, tags: [] }).mode).toBe('version');
  });

  it('asks for a release when its version has no tag', () => {
    expect(planRelease({ ...nothing, version: '0.4.0' })).toEqual({ mode: 'release', version: '0.4.0', tag: 'v0.4.0' });
  });

  it('boundary: never releases the version that every package begins with', () => {
    expect(planRelease({ ...nothing, version: '0.0.0', tags: [''] }).mode).toBe('none');
  });

  it('race: asks for nothing when it is repeated after the release', () => {
    const situation = { ...nothing, version: '0.4.0' };
    const { tag } = planRelease(situation);
    expect(planRelease({ ...situation, tags: [...situation.tags, tag] }).mode).toBe('none');
  });
});

describe('the notes of a release', () => {
  const changelog = `# @plinth/service-contracts

## 0.4.0

### Minor Changes

- Orders can be refunded in part.

## 0.3.0

### Patch Changes

- A refund names its order.
`;

  it('are the section of its version, and no other', () => {
    expect(notesOf(changelog, '0.4.0')).toBe('### Minor Changes\n\n- Orders can be refunded in part.\n');
    expect(notesOf(changelog, '0.3.0')).toBe('### Patch Changes\n\n- A refund names its order.\n');
  });

  it('boundary: a version that nothing is written about is an error', () => {
    expect(() => notesOf(changelog, '0.4')).toThrow('CHANGELOG.md has no section "0.4"');
  });
});

it('finds the apps that there is an image of', () => {
  expect(appsIn(root)).toEqual(expect.arrayContaining(['platform', 'svc-users']));
});
