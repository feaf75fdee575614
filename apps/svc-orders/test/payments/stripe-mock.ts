import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { getFreePort } from '@plinth/testing';
import { afterAll, beforeAll, it, vi } from 'vitest';
import { findStripeMock } from './find-stripe-mock.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** The means that a skipped test lacks, for the closing line of `npm test`. */
    skipReason?: string;
  }
}

/** The first run on a machine builds the program. */
const openTimeoutMs = 600_000;

/** Ends a program when this process has ended, in whatever way: the kernel then closes standard input. */
const untilInputEnds = '"$@" & read -r _; kill -9 $!; wait';

/** Starts the server of Stripe that checks requests, for the tests of a file. They are skipped where it is missing. */
export const useStripeMock = () => {
  let url: string | undefined;
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    const program = await findStripeMock({ env: process.env, log: console.error }).catch((error: Error) =>
      console.error(`${error.message} Tests with stripe-mock are skipped.`),
    );
    if (program === undefined) return;
    const address = `127.0.0.1:${await getFreePort()}`;
    const mock = spawn('sh', ['-c', untilInputEnds, 'sh', program, '-http-addr', address], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    stop = async () => {
      mock.stdin.end();
      await once(mock, 'exit');
    };
    await vi.waitFor(() => fetch(`http://${address}`), { interval: 50, timeout: 10_000 });
    url = `http://${address}`;
  }, openTimeoutMs);
  afterAll(() => stop());
  return it.extend('stripeMock', async ({ task, skip }) => {
    if (url !== undefined) return url;
    task.meta.skipReason = 'stripe-mock';
    return skip();
  });
};
