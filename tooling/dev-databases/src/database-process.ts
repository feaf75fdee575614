import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevDatabasesError, messageOf } from './errors.ts';
import { createGuard, type Guard } from './guard/index.mjs';
import { getFreePort, isFree } from './port.ts';

/** A mongod or redis-server on its folder and port. */
export type DatabaseProcess = {
  readonly pid: number;
  /** Ends it, with SIGKILL when its data is not needed, and resolves when it has ended. */
  stop(kill?: boolean): Promise<void>;
  /** Starts it again, on its data and at its port. */
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
  onExit?: () => void;
};

/** What differs between mongod and redis-server. */
export type DatabaseKind = {
  name: 'mongod' | 'redis';
  find(options: { env: NodeJS.ProcessEnv; log?: ((line: string) => void) | undefined }): Promise<string>;
  toUri(port: number): string;
  /** Resolves when it serves. */
  start(options: StartOptions): Promise<DatabaseProcess>;
};

export type LaunchOptions = {
  env: NodeJS.ProcessEnv;
  /** Receives a line before a step that takes long, such as a download. */
  log?: ((line: string) => void) | undefined;
  /** The folder in which data stays; by default a temporary one. */
  dir?: string | undefined;
  args?: readonly string[] | undefined;
  onExit?: () => void;
};

export type Launched = DatabaseProcess & { readonly uri: string; readonly port: number; close(): Promise<void> };

const ATTEMPTS = 3;
const STOP_MS = 15_000;

/** Starts a database. It ends with this process, and a temporary folder is deleted then. */
export async function launch(kind: DatabaseKind, options: LaunchOptions): Promise<Launched> {
  const program = await kind.find(options);
  const isTemporary = options.dir === undefined;
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), `plinth-${kind.name}-`)));
  const guard = createGuard(isTemporary ? { graceMs: 0, folder: dir } : { graceMs: STOP_MS });
  try {
    await mkdir(dir, { recursive: true });
    const log = createWriteStream(join(dir, 'log'));
    const { port, started } = await retry(async () => {
      const { args = [], onExit } = options;
      const port = await choosePort(dir);
      const started = await kind.start({
        program,
        dir,
        port,
        args,
        isTemporary,
        log,
        guard,
        ...(onExit && { onExit }),
      });
      return { port, started };
    });
    await writeFile(join(dir, 'port'), String(port));
    return Object.assign(started, {
      uri: kind.toUri(port),
      port,
      close: async () => {
        await started.stop(isTemporary);
        await guard.end();
      },
    });
  } catch (error) {
    await guard.end();
    throw new DevDatabasesError(`${kind.name} did not start on ${dir}: ${messageOf(error)}`);
  }
}

/** Another process may take a free port first. */
async function retry<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === ATTEMPTS || !/address already in use|port .* in use/i.test(messageOf(error))) throw error;
    }
  }
}

/** Prefers the port of the last start, so that the URIs in other tools stay valid. */
async function choosePort(dir: string): Promise<number> {
  const last = Number(await readFile(join(dir, 'port'), 'utf8').catch(() => ''));
  return last > 0 && (await isFree(last)) ? last : getFreePort();
}
