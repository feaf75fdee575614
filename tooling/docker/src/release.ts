// `node release.ts plan` prints the next step of a release; `node release.ts notes` prints its text.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version of the product is the version of its API. */
const versionedPackage = 'packages/service-contracts';

/** The version of a package before its first release. */
const unreleased = '0.0.0';

export type ReleaseState = {
  /** In package.json. */
  readonly version: string;
  /** The names of the files in `.changeset`. */
  readonly changesets: readonly string[];
  readonly tags: readonly string[];
};

export type ReleasePlan = {
  /** `version`: open the pull request of the next version. `release`: this version has no tag yet. */
  readonly mode: 'version' | 'release' | 'none';
  readonly version: string;
  readonly tag: string;
};

export function planRelease({ version, changesets, tags }: ReleaseState): ReleasePlan {
  const tag = `v${version}`;
  const pending = changesets.filter((name) => name.endsWith('.md') && name !== 'README.md');
  if (pending.length > 0) return { mode: 'version', version, tag };
  return { mode: version === unreleased || tags.includes(tag) ? 'none' : 'release', version, tag };
}

/** Returns the section of one version in a changelog of changesets. */
export function getNotes(changelog: string, version: string): string {
  const [, section] = changelog.split(`\n## ${version}\n`);
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "${version}": run changeset version first.`);
  return `${section.split('\n## ')[0]?.trim()}\n`;
}

/** The apps with an image: the folders in `apps` that have something to start. */
export const listApps = (root: string): string[] =>
  readdirSync(join(root, 'apps'))
    .filter((name) => existsSync(join(root, 'apps', name, 'src/main.ts')))
    .sort();

function main(command: string | undefined): void {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const read = (name: string): string => readFileSync(join(root, versionedPackage, name), 'utf8');
  const { version } = JSON.parse(read('package.json')) as { version: string };
  if (command === 'plan') {
    const tags = execFileSync('git', ['tag', '--list'], { cwd: root, encoding: 'utf8' }).split('\n');
    const plan = planRelease({ version, changesets: readdirSync(join(root, '.changeset')), tags });
    for (const [name, value] of Object.entries({ ...plan, apps: JSON.stringify(listApps(root)) })) {
      process.stdout.write(`${name}=${value}\n`);
    }
  } else if (command === 'notes') {
    process.stdout.write(getNotes(read('CHANGELOG.md'), version));
  } else {
    process.stderr.write('Usage: node tooling/docker/src/release.ts plan|notes\n');
    process.exitCode = 1;
  }
}

if (import.meta.main) main(process.argv[2]);
