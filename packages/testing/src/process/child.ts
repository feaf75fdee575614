import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How a process ended; a command that failed to start has a negative code. */
export type Exit = readonly [code: number | null, signal: NodeJS.Signals | null];

export type ChildOptions = {
  /** Its whole environment, apart from a default PATH and a compile cache, which halves the time that Node needs to start. */
  readonly env?: Environment;
  readonly cwd?: string;
  /** The user that it runs as; only root can choose. */
  readonly uid?: number;
  readonly gid?: number;
  /** The milliseconds after which it is killed. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
  /** How many characters at the end of each output are kept at least; by default all. */
  readonly outputCharsMin?: number;
};

export type Child = {
  /** 0 when it failed to start. */
  readonly pid: number;
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** Returns standard output, then standard error. */
  combinedOutput(): string;
  isRunning(): boolean;
  /** Resolves when the process has ended and its output has been read. */
  readonly exited: Promise<Exit>;
  /** Rejects with the output when the process has ended, for a race with another event. */
  readonly unexpectedExit: Promise<never>;
  /** Sends a signal, by default SIGKILL, if the process still runs. Resolves when it has ended. */
  end(signal?: NodeJS.Signals): Promise<Exit>;
  /** Sends a message, if there is one, and resolves with the next message of the process. Rejects like `unexpectedExit`. */
  request(message?: object): Promise<unknown>;
};

const compileCache = fileURLToPath(new URL('../../../../node_modules/.cache/compile', import.meta.url));
const endsWithParent = new URL('./ends-with-parent.ts', import.meta.url).href;

const toPath = (file: URL | string): string => (typeof file === 'string' ? file : fileURLToPath(file));

/** The command that runs a script with this Node. The script ends with the process that started it. */
export const nodeCommand = (script: URL | string, ...args: readonly string[]): readonly string[] => [
  process.execPath,
  '--import',
  endsWithParent,
  toPath(script),
  ...args,
];

/** Starts a command and reads its output all the time, so that it never blocks on a full pipe. */
export const startChild = (
  [program = '', ...args]: readonly string[],
  { env, outputCharsMin = Number.POSITIVE_INFINITY, ...options }: ChildOptions = {},
): Child => {
  const child = spawn(program, args, {
    ...options,
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: compileCache, ...env } as NodeJS.ProcessEnv,
    // The last channel carries messages; programs other than Node ignore it.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      const text = output[name] + chunk;
      output[name] = text.length > 2 * outputCharsMin ? text.slice(-outputCharsMin) : text;
    });
  }
  const combinedOutput = (): string => output.stdout + output.stderr;
  // A command that fails to start emits this event and then `close`.
  child.on('error', ({ message }) => (output.stderr += `${message}\n`));
  const exited = new Promise<Exit>((resolve) => child.once('close', (code, signal) => resolve([code, signal])));
  const unexpectedExit = exited.then(([code, signal]) => {
    throw new Error(`${[program, ...args].join(' ')} ended with ${code ?? signal}.\n${combinedOutput()}`);
  });
  // Without a race, its rejection would be unhandled.
  unexpectedExit.catch(() => undefined);
  const isRunning = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    output,
    combinedOutput,
    isRunning,
    exited,
    unexpectedExit,
    end: (signal = 'SIGKILL') => {
      if (isRunning()) child.kill(signal);
      return exited;
    },
    request: async (message) => {
      const reply = once(child, 'message');
      if (message !== undefined) child.send(message);
      return Promise.race([reply.then(([content]: unknown[]) => content), unexpectedExit]);
    },
  };
};
