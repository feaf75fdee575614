import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import getPort from 'get-port';
import { createGuard, type Guard } from './guard/index.mjs';
import type { FindOptions } from './programs/find.ts';
import { findTemporaryRoot } from './temporary-root.ts';

type Place = { dir: string; port: number; isTemporary: boolean; passwordFile: string | undefined };

/** The differences between mongod and redis-server. */
export type DatabaseKind = {
  name: 'mongod' | 'redis';
  find(options: FindOptions): Promise<string>;
  toUri(port: number, password: string | undefined): string;
  /** Returns the content of the file from which the server reads its password: every user can read the arguments of a process. */
  toPasswordFile(password: string): string;
  toArgs(place: Place): string[];
  /** Matches the line of its log after which it accepts connections. */
  ready: RegExp;
  /** Called after each start. */
  prepare(port: number, options: Pick<LaunchOptions, 'password' | 'isVolatile'>): Promise<void>;
  /** Returns the data folder of the server that listens at the port. */
  readDir(port: number, password: string): Promise<string>;
};

export type LaunchOptions = FindOptions & {
  /** The folder in which data stays; by default a temporary one. */
  dir?: string;
  /** Temporary data is kept in memory where there is room, for tests: it survives a kill of the server, but no power failure. */
  isVolatile?: boolean | undefined;
  /** Without one, every connection of this machine is accepted. */
  password?: string;
  /** Used when it is free. */
  port?: number;
  args?: readonly string[];
  /** Called each time the process ends. */
  onExit?: () => void;
};

/** A mongod or redis-server, which ends with this process. */
export type Server = {
  readonly uri: string;
  readonly port: number;
  readonly pid: number;
  /** Stops responding; connections stay open. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Closes its port and all connections. */
  kill(): Promise<void>;
  /** Starts it again after it has ended, on its data and at its port. */
  restart(): Promise<void>;
  /** Ends it. Temporary data is deleted. */
  close(): Promise<void>;
};

const attemptsMax = 3;
const readyWithinMs = 60_000;
const stopWithinMs = 15_000;

/** Starts a database. It ends with this process, and temporary data is deleted then. */
export async function launch(kind: DatabaseKind, options: LaunchOptions, attempts = attemptsMax): Promise<Server> {
  const program = await kind.find(options);
  const { password } = options;
  const isTemporary = options.dir === undefined;
  const dir = options.dir ?? (await mkdtemp(join(await findTemporaryRoot(options), `plinth-${kind.name}-`)));
  const guard = createGuard(isTemporary ? { graceMs: 0, folder: dir } : { graceMs: stopWithinMs });
  const port = await getPort({ host: '127.0.0.1', port: options.port ?? 0 });
  const passwordFile = password && toPasswordPath(dir);
  const args = [...kind.toArgs({ dir, port, isTemporary, passwordFile }), ...(options.args ?? [])];
  let child: ChildProcess;
  const start = async (log: WriteStream): Promise<void> => {
    // Detached, so that Ctrl-C does not reach it before the service has drained.
    child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    await waitUntilReady(child, { log, guard, ready: kind.ready });
    child.once('exit', () => options.onExit?.());
    await kind.prepare(port, options);
  };
  const waitForExit = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  try {
    const log = await openFolder(dir, password && kind.toPasswordFile(password));
    await start(log);
    return {
      uri: kind.toUri(port, password),
      port,
      get pid() {
        return child.pid as number;
      },
      pause: async () => void child.kill('SIGSTOP'),
      resume: async () => void child.kill('SIGCONT'),
      kill: async () => {
        child.kill('SIGKILL');
        await waitForExit();
      },
      restart: () => start(log),
      close: async () => {
        await guard.end();
        await waitForExit();
      },
    };
  } catch (error) {
    await guard.end();
    const reason = (error as Error).message;
    // Another process may have taken the port first.
    if (attempts > 1 && /in use/i.test(reason)) return launch(kind, options, attempts - 1);
    throw new Error(`${kind.name} did not start on ${dir}: ${reason}`);
  }
}

const toPasswordPath = (dir: string): string => join(dir, 'password');

/** Creates the folder, with the file from which the server reads its password, and opens the log. */
async function openFolder(dir: string, passwordFile: string | undefined): Promise<WriteStream> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (passwordFile !== undefined) await writeFile(toPasswordPath(dir), passwordFile, { mode: 0o600 });
  const log = createWriteStream(join(dir, 'log'));
  await once(log, 'open');
  return log;
}

type Start = { log: WriteStream; guard: Guard; ready: RegExp };

/** Rejects with the last error in the log when the server ends before it is ready. */
function waitUntilReady(child: ChildProcess, { log, guard, ready }: Start): Promise<void> {
  const { pid, stdout, stderr } = child;
  return new Promise((resolve, reject) => {
    let reason = 'it wrote no log';
    const timeout = setTimeout(() => child.kill('SIGKILL'), readyWithinMs);
    for (const input of [stdout, stderr]) {
      createInterface({ input: input as Readable }).on('line', (line) => {
        log.write(`${line}\n`);
        reason = toReason(line) ?? reason;
        if (!ready.test(line)) return;
        clearTimeout(timeout);
        resolve();
      });
    }
    child.once('error', reject);
    if (pid !== undefined) guard.add(pid);
    child.once('close', () => {
      clearTimeout(timeout);
      if (pid !== undefined) guard.remove(pid);
      reject(new Error(reason));
    });
  });
}

/** The error of a line of mongod's log, which is JSON; or a line of another log. */
function toReason(line: string): string | undefined {
  if (!line.startsWith('{')) return line.trim() || undefined;
  return /"(?:errmsg|error)":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
}
