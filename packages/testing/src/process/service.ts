import { setTimeout as sleep } from 'node:timers/promises';
import { getFreePort } from '../free-port.ts';
import { type Child, type ChildOptions, type Environment, nodeCommand, startChild } from './child.ts';

/** A host in its own process. */
export type Service = Child & { readonly port: number; readonly url: string };

/** Longer than a start takes on a machine that runs several packages of tests at the same time. */
const readyWithinMs = 60_000;
const pollMs = 20;
const responseTimeoutMs = 5000;

const isOk = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(responseTimeoutMs) }).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.ok === true;
};

/** Waits until `url` returns a success. @throws with the output of the child when it ends or takes too long. */
export const waitUntilReady = async (child: Child, url: string, withinMs = readyWithinMs): Promise<void> => {
  const until = performance.now() + withinMs;
  while (!(await Promise.race([isOk(url), child.unexpectedExit]))) {
    if (performance.now() > until)
      throw new Error(`${url} was not ready within ${withinMs / 1000} s.\n${child.combinedOutput()}`);
    await sleep(pollMs);
  }
};

export type ServiceOptions = Pick<ChildOptions, 'outputCharsMin' | 'cwd'> & { readonly withinMs?: number };

/**
 * Starts the host `main` as in production and waits until it is ready. It listens at PORT, by default at a free port.
 * @throws with its output when it does not become ready.
 */
export const startService = async (
  main: URL | string,
  settings: Environment,
  { withinMs = readyWithinMs, ...options }: ServiceOptions = {},
): Promise<Service> => {
  const port = Number(settings['PORT'] ?? (await getFreePort()));
  const env = { NODE_ENV: 'production', ...settings, PORT: String(port) };
  const child = startChild(nodeCommand(main), { env, ...options });
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady(child, `${url}/health/ready`, withinMs);
  } catch (error) {
    await child.end();
    const isTaken = settings['PORT'] === undefined && child.output.stderr.includes(`Port ${port} of`);
    // Another process took the free port in the meantime.
    if (isTaken) return startService(main, settings, { withinMs, ...options });
    throw error;
  }
  // `output` is a live object of the child.
  return { ...child, port, url };
};
