import { execFileSync, type StdioOptions } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contracts, Json, Snapshots } from './snapshots.ts';

/** A mistake of the caller or a missing commit: its message is for the terminal. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const openapiPath = 'docs/openapi.json';
const asyncapiPath = 'docs/asyncapi.json';
const contractsPath = 'docs/contracts.json';
/** Its version is the version of the API. */
const packagePath = 'packages/service-contracts/package.json';
const changesetFolder = '.changeset';
/** The documents grow with the number of routes. */
const outputBytesMax = 64 * 1024 * 1024;

/** The promises of one commit, its version and its changesets. */
export type State<Read = Snapshots> = {
  readonly snapshots: Read;
  readonly version: string;
  /** The texts of the changesets by their paths. */
  readonly changesets: ReadonlyMap<string, string>;
};

/** An old commit may have neither `docs/contracts.json` nor events; they are then not compared. */
export type Base = State<Pick<Snapshots, 'openapi'> & Partial<Snapshots>> & {
  readonly commit: string;
  readonly description: string;
};

const createGit =
  (root: string) =>
  (...args: readonly string[]): string | undefined => {
    try {
      const stdio: StdioOptions = ['ignore', 'pipe', 'ignore'];
      return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio, maxBuffer: outputBytesMax }).trimEnd();
    } catch {
      return undefined;
    }
  };

type Git = ReturnType<typeof createGit>;

/** Finds the commit where this branch left `name`; without a name, the last release, or else the commit where it left main. */
const findCommit = (git: Git, name: string | undefined): Pick<Base, 'commit' | 'description'> => {
  const branchPoint = (reference: string) => git('merge-base', '--end-of-options', 'HEAD', reference);
  if (name !== undefined) {
    const commit = branchPoint(name);
    if (commit !== undefined) return { commit, description: name };
    throw new UsageError(
      `This clone has no commit '${name}' with a history in common. Fetch it: git fetch origin ${name}`,
    );
  }
  const release = git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*');
  if (release !== undefined) return { commit: git('rev-list', '-1', release) ?? release, description: release };
  for (const reference of ['origin/main', 'main']) {
    const commit = branchPoint(reference);
    if (commit !== undefined) return { commit, description: `the last commit of ${reference} in this branch` };
  }
  throw new UsageError('This clone has neither a release nor the branch main. Name a commit: --base <commit>');
};

const isChangeset = (path: string): boolean => path.endsWith('.md') && !path.endsWith('/README.md');

/** Reads what a commit promised. @throws `UsageError` for a commit without the generated documents. */
export const readBase = (root: string, name: string | undefined): Base => {
  const git = createGit(root);
  const found = findCommit(git, name);
  const show = (path: string): string => {
    const text = git('show', `${found.commit}:${path}`);
    if (text !== undefined) return text;
    throw new UsageError(
      `${found.description} (${found.commit.slice(0, 7)}) has no ${path}. Name a later commit: --base <commit>`,
    );
  };
  const [contracts, asyncapi] = [contractsPath, asyncapiPath].map((path) => git('show', `${found.commit}:${path}`));
  // Without -z, names with characters outside ASCII are quoted.
  const names = git('ls-tree', '-r', '-z', '--name-only', found.commit, '--', `${changesetFolder}/`) ?? '';
  const paths = names.split('\0').filter(isChangeset);
  return {
    ...found,
    snapshots: {
      openapi: JSON.parse(show(openapiPath)) as Json,
      ...(asyncapi !== undefined && { asyncapi: JSON.parse(asyncapi) as Json }),
      ...(contracts !== undefined && { contracts: JSON.parse(contracts) as Contracts }),
    },
    version: String((JSON.parse(show(packagePath)) as Json)['version']),
    changesets: new Map(paths.map((path) => [path, show(path)])),
  };
};

/** Reads what the sources promise now: the documents are generated into a folder of their own, so that nothing has to be committed first. */
export const readPresent = (root: string): State => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-contracts-'));
  try {
    const args = [join(root, 'apps/platform/src/artifacts/write.ts'), folder];
    execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'));
    const names = readdirSync(join(root, changesetFolder)).map((name) => `${changesetFolder}/${name}`);
    const { version } = JSON.parse(readFileSync(join(root, packagePath), 'utf8')) as Json;
    return {
      snapshots: {
        openapi: read(openapiPath) as Json,
        asyncapi: read(asyncapiPath) as Json,
        contracts: read(contractsPath) as Contracts,
      },
      version: String(version),
      changesets: new Map(names.filter(isChangeset).map((path) => [path, readFileSync(join(root, path), 'utf8')])),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
