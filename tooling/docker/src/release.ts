// `node release.ts` prints the next step of a release as outputs of a GitHub step.
import { execFileSync } from 'node:child_process';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version of a package before its first release. */
const unreleased = '0.0.0';

type ReleaseState = {
  /** In package.json. */
  readonly version: string;
  /** The names of the files in `.changeset`. */
  readonly changesets: readonly string[];
  readonly tags: readonly string[];
};

/** Returns `version` to open the pull request of the next version, and `release` when this version has no tag yet. */
export function planRelease({ version, changesets, tags }: ReleaseState): 'version' | 'release' | 'none' {
  if (changesets.some((name) => name.endsWith('.md') && name !== 'README.md')) return 'version';
  return version === unreleased || tags.includes(`v${version}`) ? 'none' : 'release';
}

/** The apps with an image: the folders in `apps` that have something to start. */
export const listApps = (root: string): string[] =>
  globSync('*/src/main.ts', { cwd: join(root, 'apps') })
    .map((path) => dirname(dirname(path)))
    .sort();

if (import.meta.main) {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  // The version of the product is the version of its API.
  const { version } = JSON.parse(readFileSync(join(root, 'packages/service-contracts/package.json'), 'utf8'));
  const tags = execFileSync('git', ['tag', '--list'], { cwd: root, encoding: 'utf8' }).split('\n');
  const mode = planRelease({ version, changesets: readdirSync(join(root, '.changeset')), tags });
  const outputs = { mode, version, tag: `v${version}`, apps: JSON.stringify(listApps(root)) };
  for (const [name, value] of Object.entries(outputs)) process.stdout.write(`${name}=${value}\n`);
}
