import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How a process ended; a command that could not be run at all has a negative code. */
export type Exit = readonly [code: number | null, signal: NodeJS.Signals | null];

export type ChildOptions = {
  /** All of its environment, but for PATH, which is that of its starter unless it is given. */
  readonly env?: Environment;
  readonly cwd?: string;
  /** Whom it runs as; only root can choose. */
  readonly uid?: number;
  readonly gid?: number;
  /** When it is killed, if it has not ended by then. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
  /** How much of the end of each of its outputs is kept, at the least, in characters; all of it, when it is left out. */
  readonly keptMin?: number;
};

export type Child = {
  /** 0 where it could not be started. */
  readonly pid: number;
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** Standard output, and standard error after it. */
  said(): string;
  isRunning(): boolean;
  /** Resolves when it is gone and all that it has written is read. */
  readonly exited: Promise<Exit>;
  /** Rejects with what it said when it is gone, for whoever waits for something else of it. */
  readonly lost: Promise<never>;
  /** Sends a signal, SIGKILL unless another is named, if it still runs. Resolves when it is gone. */
  end(signal?: NodeJS.Signals): Promise<Exit>;
  /** Sends a message, if there is one, and resolves with the next one of its own. Rejects as `lost` does. */
  ask(message?: object): Promise<unknown>;
};

const endsWithParent = new URL('./ends-with-parent.ts', import.meta.url).href;

const pathOf = (file: URL | string): string => (typeof file === 'string' ? file : fileURLToPath(file));

/** The command that runs a script by this Node, at the most until the process that started it is gone. */
export const nodeCommand = (script: URL | string, ...args: readonly string[]): readonly string[] => [
  process.execPath,
  '--import',
  endsWithParent,
  pathOf(script),
  ...args,
];

/** Starts a command. What it writes is read all the time, so that it never waits. */
export const startChild = (
  [program = '', ...args]: readonly string[],
  { env, keptMin = Number.POSITIVE_INFINITY, ...options }: ChildOptions = {},
): Child => {
  const child = spawn(program, args, {
    ...options,
    env: { PATH: process.env['PATH'], ...env } as NodeJS.ProcessEnv,
    // The last one is for messages; who is not Node does not see it.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      const heard = output[name] + chunk;
      output[name] = heard.length > 2 * keptMin ? heard.slice(-keptMin) : heard;
    });
  }
  const said = (): string => output.stdout + output.stderr;
  // A command that cannot be run says so here, and then it is closed.
  child.on('error', ({ message }) => (output.stderr += `${message}\n`));
  const exited = new Promise<Exit>((resolve) => child.once('close', (code, signal) => resolve([code, signal])));
  const lost = exited.then(([code, signal]) => {
    throw new Error(`${[program, ...args].join(' ')} ended with ${code ?? signal}.\n${said()}`);
  });
  // Nobody may be waiting, or it is meant to end.
  lost.catch(() => undefined);
  const isRunning = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    output,
    said,
    isRunning,
    exited,
    lost,
    end: (signal = 'SIGKILL') => {
      if (isRunning()) child.kill(signal);
      return exited;
    },
    ask: async (message) => {
      const answer = once(child, 'message');
      if (message !== undefined) child.send(message);
      return Promise.race([answer.then(([heard]: unknown[]) => heard), lost]);
    },
  };
};
