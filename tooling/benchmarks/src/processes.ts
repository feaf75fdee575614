import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onCpu } from './pinning.ts';

export type Started = {
  readonly pid: number;
  /** Rejects with the end of what the process said when it ends, which it should not. */
  readonly lost: Promise<never>;
  /** Sends a message and waits for the answer. */
  ask(message: object): Promise<unknown>;
};

export type StartOptions = {
  readonly name: string;
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cpu: number | undefined;
  /** A module that is loaded before the script. */
  readonly preload?: string | undefined;
};

const graceMs = 4000;
const heardMax = 4000;
const endWithParent = fileURLToPath(new URL('./end-with-parent.ts', import.meta.url));

/** What a process says is read all the time, so that it never waits, and only its end is kept. */
const hear = ({ stdout, stderr }: ChildProcess): (() => string) => {
  let heard = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      heard = (heard + chunk).slice(-heardMax);
    });
  }
  return () => heard.trim();
};

const watch = (child: ChildProcess, name: string): Promise<never> => {
  const heard = hear(child);
  const lost = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${name} ended (${code ?? signal}).\n${heard()}`.trim())));
  });
  // Somebody else notices, or it is meant to end.
  lost.catch(() => undefined);
  return lost;
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(late);
};

/** Starts processes, and ends every one of them. */
export const createProcesses = () => {
  const children: ChildProcess[] = [];
  return {
    start: ({ name, script, env, cpu, preload }: StartOptions): Started => {
      const preloads = [endWithParent, ...(preload === undefined ? [] : [preload])];
      const node = [process.execPath, ...preloads.flatMap((module) => ['--import', module]), script];
      const [command = '', ...args] = onCpu(cpu, node);
      const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
      children.push(child);
      const lost = watch(child, name);
      return {
        // A child that could not be started has none, and `lost` says so.
        pid: child.pid ?? 0,
        lost,
        ask: (message) => {
          const answer = new Promise((resolve) => child.once('message', resolve));
          child.send(message);
          return Promise.race([answer, lost]);
        },
      };
    },
    endAll: async (): Promise<void> => void (await Promise.all(children.map(end))),
  };
};

export type Processes = ReturnType<typeof createProcesses>;
