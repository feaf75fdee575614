// `node release.ts plan` says what a push to main asks for; `node release.ts notes` prints the text of the release.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version of the product is that of its API: what clients see is what a number promises something about. */
const PACKAGE = 'packages/service-contracts';

/** What no release has ever had. */
const UNRELEASED = '0.0.0';

export type Situation = {
  /** In package.json. */
  readonly version: string;
  /** The names of the files in `.changeset`. */
  readonly changesets: readonly string[];
  readonly tags: readonly string[];
};

export type Plan = {
  /** `version`: changesets wait, so a pull request with the next version is due. `release`: this version has no tag yet. */
  readonly mode: 'version' | 'release' | 'none';
  readonly version: string;
  readonly tag: string;
};

/** What a push to main asks for. */
export function planRelease({ version, changesets, tags }: Situation): Plan {
  const tag = `v${version}`;
  const waiting = changesets.filter((name) => name.endsWith('.md') && name !== 'README.md');
  if (waiting.length > 0) return { mode: 'version', version, tag };
  return { mode: version === UNRELEASED || tags.includes(tag) ? 'none' : 'release', version, tag };
}

/** The section of one version in a changelog as changesets writes it. @throws when there is none. */
export function notesOf(changelog: string, version: string): string {
  const [, section] = changelog.split(`\n## ${version}\n`);
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "${version}": run changeset version first.`);
  return `${section.split('\n## ')[0]?.trim()}\n`;
}

/** The apps that there is an image of: every folder in `apps` that has something to start. */
export function appsIn(root: string): string[] {
  return readdirSync(join(root, 'apps'))
    .filter((name) => existsSync(join(root, 'apps', name, 'src/main.ts')))
    .sort();
}

function main(command: string | undefined): void {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const { version } = JSON.parse(readFileSync(join(root, PACKAGE, 'package.json'), 'utf8')) as { version: string };
  if (command === 'plan') {
    const tags = execFileSync('git', ['tag', '--list'], { cwd: root, encoding: 'utf8' }).split('\n');
    const plan = planRelease({ version, changesets: readdirSync(join(root, '.changeset')), tags });
    for (const [name, value] of Object.entries({ ...plan, apps: JSON.stringify(appsIn(root)) })) {
      process.stdout.write(`${name}=${value}\n`);
    }
    return;
  }
  if (command === 'notes') {
    process.stdout.write(notesOf(readFileSync(join(root, PACKAGE, 'CHANGELOG.md'), 'utf8'), version));
    return;
  }
  process.stderr.write('Use: node tooling/docker/src/release.ts plan|notes\n');
  process.exitCode = 1;
}

if (import.meta.main) main(process.argv[2]);
