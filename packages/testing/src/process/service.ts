import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { aFreePort } from '../free-port.ts';
import { type Child, type Environment, nodeCommand, startChild } from './child.ts';

/** A host in a process of its own. */
export type Service = Child & { readonly port: number; readonly url: string };

const readyWithinMs = 25_000;
const pollMs = 20;
const answerMs = 5000;
const compileCache = fileURLToPath(new URL('../../../../.data/compile-cache', import.meta.url));

const isOk = async (url: string): Promise<boolean> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(answerMs) }).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.ok === true;
};

/** Waits until `url` is answered with success. @throws with what the child said, when it ends or when it takes too long. */
export const untilReady = async (child: Child, url: string, withinMs = readyWithinMs): Promise<void> => {
  const until = performance.now() + withinMs;
  while (!(await Promise.race([isOk(url), child.lost]))) {
    if (performance.now() > until)
      throw new Error(`${url} was not ready within ${withinMs / 1000} s.\n${child.said()}`);
    await sleep(pollMs);
  }
};

/**
 * Starts the host `main` as production does, and waits until it is ready. It listens at PORT, or else where nobody does.
 * @throws with what it said, when it does not become ready.
 */
export const startService = async (
  main: URL | string,
  settings: Environment,
  withinMs = readyWithinMs,
): Promise<Service> => {
  const port = Number(settings['PORT'] ?? (await aFreePort()));
  const env = { NODE_ENV: 'production', NODE_COMPILE_CACHE: compileCache, ...settings, PORT: String(port) };
  const child = startChild(nodeCommand(main), { env });
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(child, `${url}/health/ready`, withinMs);
  } catch (error) {
    await child.end();
    const isTaken = settings['PORT'] === undefined && child.output.stderr.includes(`Port ${port} of`);
    // Somebody else was faster.
    if (isTaken) return startService(main, settings, withinMs);
    throw error;
  }
  // `output` is that of the child, which goes on.
  return { ...child, port, url };
};
