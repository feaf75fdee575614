import { type Child, type Environment, nodeCommand, startChild } from '@plinth/testing/process';
import { onCpu } from './pinning.ts';

export type StartOptions = { readonly script: string; readonly env: Environment; readonly cpu: number | undefined };

const graceMs = 4000;
/** What a process says is for when it fails; of a benchmark that is a lot. */
const outputCharsMin = 2000;

const end = async (child: Child): Promise<void> => {
  const late = setTimeout(() => void child.end('SIGKILL'), graceMs);
  await child.end('SIGTERM');
  clearTimeout(late);
};

/** Starts processes, and ends every one of them. */
export const createProcesses = () => {
  const children: Child[] = [];
  return {
    start: ({ script, env, cpu }: StartOptions): Child => {
      const child = startChild(onCpu(cpu, nodeCommand(script)), { env, outputCharsMin });
      children.push(child);
      return child;
    },
    endAll: async (): Promise<void> => void (await Promise.all(children.map(end))),
  };
};

export type Processes = ReturnType<typeof createProcesses>;
