import { describe, expect, it } from 'vitest';
import { getNotes, listApps, planRelease } from '../src/release.ts';
import { root } from './paths.ts';

const released = { version: '0.3.0', changesets: ['README.md', 'config.json'], tags: ['v0.3.0'] };

describe('a push to main', () => {
  it('needs nothing when its version is tagged and no changeset is pending', () => {
    expect(planRelease(released)).toEqual({ mode: 'none', version: '0.3.0', tag: 'v0.3.0' });
  });

  it('needs the next version when a changeset is pending, also before the last version is tagged', () => {
    const changesets = [...released.changesets, 'brave-cats-sing.md'];
    expect(planRelease({ ...released, changesets }).mode).toBe('version');
    expect(planRelease({ ...released, changesets, tags: [] }).mode).toBe('version');
  });

  it('needs a release when its version has no tag', () => {
    expect(planRelease({ ...released, version: '0.4.0' })).toEqual({
      mode: 'release',
      version: '0.4.0',
      tag: 'v0.4.0',
    });
  });

  it('boundary: never releases the version that every package begins with', () => {
    expect(planRelease({ ...released, version: '0.0.0', tags: [''] }).mode).toBe('none');
  });

  it('race: needs nothing when it is repeated after the release', () => {
    const state = { ...released, version: '0.4.0' };
    const { tag } = planRelease(state);
    expect(planRelease({ ...state, tags: [...state.tags, tag] }).mode).toBe('none');
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
    expect(getNotes(changelog, '0.4.0')).toBe('### Minor Changes\n\n- Orders can be refunded in part.\n');
    expect(getNotes(changelog, '0.3.0')).toBe('### Patch Changes\n\n- A refund names its order.\n');
  });

  it('boundary: fails for a version without a section', () => {
    expect(() => getNotes(changelog, '0.4')).toThrow('CHANGELOG.md has no section "0.4"');
  });
});

it('lists the apps that have an image', () => {
  expect(listApps(root)).toEqual(expect.arrayContaining(['platform', 'svc-users']));
});
