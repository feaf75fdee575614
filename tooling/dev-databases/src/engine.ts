import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLog } from './engine-log.ts';
import { DevDatabasesError } from './errors.ts';
import { freePort, isFree } from './port.ts';
import { type Attached, attach, type Kept, keep } from './warden/keep.mjs';

/** What differs between mongod and redis-server. */
export type Engine = {
  name: string;
  /** Finds or fetches the program. */
  find(): Promise<string>;
  args(place: { port: number; dir: string; temporary: boolean }): string[];
  /** Resolves when the engine serves; tries until `signal` aborts. */
  prepare(port: number, signal: AbortSignal): Promise<void>;
  uri(port: number): string;
  /** How often a minute it is started again when it dies; left out, only an engine that keeps its data is. */
  restartsPerMinute?: number;
  /** Says why it ended at its start, and whether that may pass. */
  explain(end: { exitCode: number; log: string; dir: string }): { passing: boolean; reason: string };
};

export type RunningEngine = { uri: string; stop(): Promise<void> };

type RunOptions = { dir: string; dataDir?: string; onLost?: (name: string) => void };

const SOCKET_TAKEN = 75;
const ATTEMPTS = 8;
const PAUSE_MS = 400;
const PREPARE_MS = 60_000;
const STOP_MS = 15_000;
const RESTARTS_PER_MINUTE = 3;

/** Joins the engine that already serves this folder, or starts one; another port or another owner is tried again. */
export async function runEngine(engine: Engine, options: RunOptions): Promise<RunningEngine> {
  const socketPath = options.dataDir === undefined ? undefined : socketIn(options.dir, engine.name);
  let program: string | undefined;
  let reason = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await sleep(PAUSE_MS);
    const shared = socketPath === undefined ? undefined : await attach(socketPath);
    if (shared !== undefined)
      return running({ ...options, engine, uri: (shared.state as { uri: string }).uri, holder: shared });
    program ??= await engine.find();
    const outcome = await attemptStart({ ...options, engine, program, socketPath });
    if ('stop' in outcome) return outcome;
    reason = outcome.reason;
  }
  throw new DevDatabasesError(`${engine.name} could not be started in ${ATTEMPTS} attempts: ${reason}`);
}

/** Runs an engine on a temporary folder that goes with it. */
export async function runTemporary(engine: Engine, options: Pick<RunOptions, 'onLost'> = {}): Promise<RunningEngine> {
  const dir = await mkdtemp(join(tmpdir(), `plinth-${engine.name}-`));
  try {
    return await runEngine(engine, { dir, ...options });
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

type Attempt = RunOptions & { engine: Engine; program: string; socketPath: string | undefined };

async function attemptStart(options: Attempt): Promise<RunningEngine | { reason: string }> {
  const { engine } = options;
  const port = await choosePort(options.dir);
  const log = await openLog(join(options.dir, 'log'));
  try {
    const kept = launch({ ...options, port, log: log.file });
    const outcome = await untilReady({ engine, port, kept });
    if (outcome === 'ready') return await serve({ ...options, engine, port, kept });
    if (outcome === SOCKET_TAKEN && options.socketPath !== undefined) return { reason: 'another process starts it' };
    const { passing, reason } = engine.explain({ exitCode: outcome, log: await log.written(), dir: options.dir });
    if (passing) return { reason };
    throw new DevDatabasesError(`${engine.name} ended at its start (exit code ${outcome}): ${reason}`);
  } finally {
    await log.file.close();
  }
}

/** A temporary engine is killed rather than stopped: nobody will read its data. */
function launch(options: Attempt & { port: number; log: FileHandle }): Kept {
  const { engine, program, dir, port, log, socketPath } = options;
  const temporary = options.dataDir === undefined;
  return keep({
    command: [program, ...engine.args({ port, dir, temporary })],
    graceMs: temporary ? 0 : STOP_MS,
    socketPath,
    removeDir: temporary ? dir : undefined,
    restartsPerMinute: engine.restartsPerMinute ?? (temporary ? 0 : RESTARTS_PER_MINUTE),
    stdio: ['ignore', log.fd, log.fd],
  });
}

/** 'ready', or the exit code of an engine that ended instead. */
async function untilReady({ engine, port, kept }: Pick<Ready, 'engine' | 'port' | 'kept'>): Promise<'ready' | number> {
  const signal = AbortSignal.timeout(PREPARE_MS);
  const ended = new AbortController();
  try {
    return await Promise.race([
      engine.prepare(port, AbortSignal.any([signal, ended.signal])).then(() => 'ready' as const),
      kept.ended,
    ]);
  } catch (error) {
    await kept.end();
    if (!signal.aborted) throw error;
    throw new DevDatabasesError(
      `${engine.name} was not ready within ${PREPARE_MS / 1000} s on port ${port}: try again.`,
    );
  } finally {
    ended.abort();
  }
}

type Ready = RunOptions & { engine: Engine; port: number; kept: Kept };

async function serve({ engine, port, kept, ...options }: Ready): Promise<RunningEngine> {
  if (options.dataDir !== undefined) await writeFile(join(options.dir, 'port'), String(port));
  const uri = engine.uri(port);
  kept.serve({ uri });
  kept.unref();
  return running({ ...options, engine, uri, holder: kept });
}

type Held = RunOptions & { engine: Engine; uri: string; holder: Pick<Kept, 'ended' | 'end'> | Attached };

function running({ engine, uri, holder, onLost }: Held): RunningEngine {
  let stopped = false;
  void Promise.resolve(holder.ended).then(() => {
    if (!stopped) onLost?.(engine.name);
  });
  const stop = async (): Promise<void> => {
    stopped = true;
    await holder.end();
  };
  return { uri, stop };
}

/** The port of last time where it is free, so that bookmarks and shells keep working. */
async function choosePort(dir: string): Promise<number> {
  const last = Number(await readFile(join(dir, 'port'), 'utf8').catch(() => ''));
  return last > 0 && (await isFree(last)) ? last : freePort();
}

/** The path of a Unix socket has room for about a hundred bytes. */
function socketIn(dir: string, name: string): string {
  const path = join(dir, `${name}.sock`);
  if (Buffer.byteLength(path) < 100) return path;
  return join(tmpdir(), `plinth-${createHash('sha256').update(dir).digest('hex').slice(0, 20)}.sock`);
}
