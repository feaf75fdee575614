import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevDatabasesError, getMessage } from './errors.ts';
import { createGuard, type Guard } from './guard/index.mjs';
import { getFreePort, isFree } from './port.ts';
import type { FindOptions } from './programs/find.ts';

/** A mongod or redis-server on its folder and port. */
export type DatabaseProcess = {
  readonly pid: number;
  /** Ends it, with SIGKILL when its data is not needed, and resolves when it has ended. */
  stop(kill?: boolean): Promise<void>;
  restart(): Promise<void>;
};

export type StartOptions = {
  program: string;
  dir: string;
  port: number;
  args: readonly string[];
  /** Its data is deleted when it ends. */
  isTemporary: boolean;
  log: WriteStream;
  guard: Guard;
  /** Called each time the process ends, also when it is stopped. */
  onExit?: (() => void) | undefined;
};

/** The differences between mongod and redis-server. */
export type DatabaseKind = {
  name: 'mongod' | 'redis';
  find(options: FindOptions): Promise<string>;
  toUri(port: number): string;
  /** Returns the data folder of the server that listens on the port. */
  readDir(port: number): Promise<string>;
  /** Resolves when the server accepts commands. */
  start(options: StartOptions): Promise<DatabaseProcess>;
};

export type LaunchOptions = FindOptions & {
  /** The folder in which data stays; by default a temporary one. */
  dir?: string | undefined;
  args?: readonly string[] | undefined;
  /** Other processes with the same folder do not share it: they wait until it ends. */
  isExclusive?: boolean | undefined;
  onExit?: () => void;
};

export type Launched = DatabaseProcess & { readonly uri: string; close(): Promise<void> };

const ATTEMPTS = 3;
const STOP_MS = 15_000;

/** Returns the port of the last start, or 0. */
export const readPort = async (dir: string): Promise<number> => {
  const port = Number(await readFile(join(dir, 'port'), 'utf8').catch(() => ''));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
};

/** Starts a database. It ends with this process, and a temporary folder is deleted then. */
export async function launch(kind: DatabaseKind, options: LaunchOptions): Promise<Launched> {
  const program = await kind.find(options);
  const { dir = await mkdtemp(join(tmpdir(), `plinth-${kind.name}-`)), args = [], isExclusive, onExit } = options;
  const isTemporary = options.dir === undefined;
  const guard = createGuard(isTemporary ? { graceMs: 0, folder: dir } : { graceMs: STOP_MS });
  await mkdir(dir, { recursive: true });
  const log = createWriteStream(join(dir, 'log'));
  for (let attempt = 1; ; attempt += 1) {
    // The port of the last start, so that URIs in other tools stay valid.
    const last = isExclusive ? 0 : await readPort(dir);
    const port = last > 0 && (await isFree(last)) ? last : await getFreePort();
    try {
      const started = await kind.start({ program, dir, port, args, isTemporary, log, guard, onExit });
      if (!isExclusive) await writeFile(join(dir, 'port'), String(port));
      const close = async (): Promise<void> => {
        await started.stop(isTemporary);
        await guard.end();
      };
      return Object.assign(started, { uri: kind.toUri(port), close });
    } catch (error) {
      // Another process may take a free port first.
      if (attempt < ATTEMPTS && /in use/i.test(getMessage(error))) continue;
      await guard.end();
      throw new DevDatabasesError(`${kind.name} did not start on ${dir}: ${getMessage(error)}`);
    }
  }
}
