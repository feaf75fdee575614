import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBase } from '../src/base.ts';

const identity = [
  '-c',
  'user.name=A',
  '-c',
  'user.email=a@b.example',
  '-c',
  'commit.gpgsign=false',
  '-c',
  'tag.gpgsign=false',
];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plinth-base-'));
  git('init', '--quiet', '--initial-branch=main');
});
afterEach(() => rmSync(root, { recursive: true }));

const git = (...args: readonly string[]): string =>
  execFileSync('git', [...identity, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

const commit = (version: string, files: Readonly<Record<string, string>> = {}): string => {
  const all = {
    'docs/openapi.json': JSON.stringify({ info: { version } }),
    'docs/contracts.json': '{}',
    'packages/service-contracts/package.json': JSON.stringify({ version }),
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  git('add', '--all');
  git('commit', '--quiet', '--message', version);
  return git('rev-parse', 'HEAD');
};

describe('the base of a comparison', () => {
  it('is the last release, whatever came after it', () => {
    const first = commit('1.0.0');
    git('tag', 'v1.0.0');
    commit('1.0.1');
    git('tag', 'vendored');
    expect(readBase(root, undefined)).toMatchObject({ commit: first, description: 'v1.0.0', version: '1.0.0' });
  });

  it('has the events of a commit that describes them, and none of an earlier one', () => {
    commit('0.0.1');
    expect(readBase(root, undefined).snapshots).not.toHaveProperty('asyncapi');
    commit('0.0.2', { 'docs/asyncapi.json': '{"asyncapi":"3.0.0"}' });
    expect(readBase(root, undefined).snapshots.asyncapi).toEqual({ asyncapi: '3.0.0' });
  });

  it('without a release is the commit where the branch left main, in a clone that has only main too', () => {
    const first = commit('0.0.1');
    expect(readBase(root, undefined).commit).toBe(first);
    git('switch', '--quiet', '--create', 'feature');
    commit('0.0.2');
    git('switch', '--quiet', 'main');
    commit('0.0.3');
    git('switch', '--quiet', 'feature');
    expect(readBase(root, undefined)).toMatchObject({
      commit: first,
      snapshots: { openapi: { info: { version: '0.0.1' } } },
    });
  });

  it('is a named commit, with the changesets that it has', () => {
    const first = commit('1.0.0', {
      '.changeset/a.md': 'A',
      '.changeset/größer.md': 'B',
      '.changeset/README.md': 'About',
      '.changeset/config.json': '{}',
    });
    commit('1.0.1');
    const base = readBase(root, first);
    expect(base).toMatchObject({ commit: first, version: '1.0.0' });
    expect([...base.changesets]).toEqual([
      ['.changeset/a.md', 'A'],
      ['.changeset/größer.md', 'B'],
    ]);
  });

  it.each([
    ['an unknown commit', 'nowhere', 'Fetch it: git fetch origin nowhere'],
    ['an option of git', '--octopus', 'has no commit'],
    ['a commit without the documents', 'HEAD', 'has no docs/openapi.json. Name a later commit'],
  ])('says what to do for %s', (_, name, message) => {
    writeFileSync(join(root, 'a'), '');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'a');
    expect(() => readBase(root, name)).toThrow(message);
  });

  it('says what to do in a clone without a release and without main', () => {
    commit('1.0.0');
    git('branch', '--move', 'other');
    expect(() => readBase(root, undefined)).toThrow('Name a commit: --base <commit>');
  });
});
