import { fileURLToPath } from 'node:url';
import { createDatabasePrefix, getFreePort, nodeCommand, startChild, waitUntilReady } from '@plinth/testing/process';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of the platform with the console and demo data. */
    readonly url: string;
    /** The prefix of its databases. */
    readonly databasePrefix: string;
  }
}

const start = new URL('../../../../tooling/bootstrap/src/start.ts', import.meta.url);
// With the slash it is not the folder in which `npm start` builds, so nothing is built while the tests run.
const build = fileURLToPath(new URL('../../dist/', import.meta.url));

/** Starts the platform as `npm start` does, with databases of its own and the build of this run. Resolves with a function that stops it. */
export const setup = async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const prefix = createDatabasePrefix();
  const port = await getFreePort();
  const child = startChild(nodeCommand(start, '--port', String(port)), {
    env: { ...process.env, MONGODB_DATABASE_PREFIX: prefix, REDIS_KEY_PREFIX: prefix, CONSOLE_DIR: build },
  });
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(child, `${url}/health/ready`, 60_000);
  provide('url', url);
  provide('databasePrefix', prefix);
  return async () => void (await child.end('SIGTERM'));
};
