import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { listApps, planRelease } from '../src/release.ts';
import { root } from './paths.ts';

const released = { version: '0.3.0', changesets: ['README.md', 'config.json'], tags: ['v0.3.0'] };

describe('a push to main', () => {
  it('needs nothing when its version is tagged and no changeset is pending', () => {
    expect(planRelease(released)).toBe('none');
  });

  it('needs the next version when a changeset is pending, even before the last version is tagged', () => {
    const changesets = [...released.changesets, 'brave-cats-sing.md'];
    expect(planRelease({ ...released, changesets })).toBe('version');
    expect(planRelease({ ...released, changesets, tags: [] })).toBe('version');
  });

  it('needs a release when its version has no tag', () => {
    expect(planRelease({ ...released, version: '0.4.0' })).toBe('release');
  });

  it('boundary: never releases the version that every package begins with', () => {
    expect(planRelease({ ...released, version: '0.0.0', tags: [''] })).toBe('none');
  });

  it('race: needs nothing when it is repeated after the release', () => {
    const state = { ...released, version: '0.4.0' };
    expect(planRelease({ ...state, tags: [...state.tags, 'v0.4.0'] })).toBe('none');
  });
});

it('a release has the section of its version as notes, and fails without one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-release-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'packages/service-contracts'), { recursive: true });
  const changelog = join(folder, 'packages/service-contracts/CHANGELOG.md');
  const workflow = parse(await readFile(`${root}/.github/workflows/release.yml`, 'utf8'));
  const { run } = workflow.jobs.release.steps.find((step: { name?: string }) => step.name?.includes('changelog'));
  const writeNotes = () =>
    promisify(execFile)('sh', ['-ec', run], { cwd: folder, env: { ...process.env, RUNNER_TEMP: folder } });
  await writeFile(changelog, '# a\n\n## 0.4.0\n\n### Minor Changes\n\n- New.\n\n## 0.3.0\n\n- Old.\n');
  await writeNotes();
  expect((await readFile(join(folder, 'notes.md'), 'utf8')).trim()).toBe('### Minor Changes\n\n- New.');
  await writeFile(changelog, '# a\n');
  await expect(writeNotes()).rejects.toMatchObject({ code: 1 });
});

it('lists the apps that have an image', () => {
  expect(listApps(root)).toEqual(expect.arrayContaining(['platform', 'svc-users', 'worker']));
});
