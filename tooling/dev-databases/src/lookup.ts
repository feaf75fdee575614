import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { DevDatabasesError, messageOf } from './errors.ts';

/** One way to come by a program: its path, or undefined (or an error that says why) for the next way to try. */
export type Way = { name: string; fetches?: boolean; find(): Promise<string | undefined> };

export type FindOptions = { env: NodeJS.ProcessEnv; log?: ((line: string) => void) | undefined };

type Search = {
  /** Called once, before the first way that fetches something. */
  onFetch(): void;
  /** The sentence for when no way leads anywhere. */
  failure(reasons: string): string;
};

/** The first way that leads somewhere. An `DevDatabasesError` ends the search: the person asked for what cannot be. */
export async function firstOf(ways: readonly Way[], search: Search): Promise<string> {
  const reasons: string[] = [];
  let fetching = false;
  for (const way of ways) {
    if (way.fetches && !fetching) search.onFetch();
    fetching ||= way.fetches ?? false;
    try {
      const path = await way.find();
      if (path !== undefined) return path;
      reasons.push(`${way.name}: none`);
    } catch (error) {
      if (error instanceof DevDatabasesError) throw error;
      reasons.push(`${way.name}: ${messageOf(error).trim().split('\n').at(-1)}`);
    }
  }
  throw new DevDatabasesError(search.failure(reasons.join('; ')));
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The first of the programs that PATH has. */
export async function findOnPath(env: NodeJS.ProcessEnv, ...programs: string[]): Promise<string | undefined> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const program of programs) {
    for (const folder of folders) {
      if (await isExecutable(join(folder, program))) return join(folder, program);
    }
  }
  return undefined;
}
