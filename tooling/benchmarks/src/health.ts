import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection } from './connection.ts';
import { nowMs } from './now.ts';

const everyMs = 20;

/** Asks a server for its health all the time, on a connection of its own. */
export const watchHealth = async (url: string) => {
  const connection = await openConnection(url);
  const request = `GET /health HTTP/1.1\r\nhost: ${new URL(url).host}\r\n\r\n`;
  let isStopped = false;
  let slowestMs = 0;
  const watch = async (): Promise<void> => {
    while (!isStopped) {
      const askedMs = nowMs();
      const { status } = await connection.send(request);
      if (status !== 200) throw new Error(`GET /health was answered with ${status}.`);
      slowestMs = Math.max(slowestMs, nowMs() - askedMs);
      await sleep(everyMs);
    }
  };
  const watching = watch();
  // Whoever stops it is told.
  watching.catch(() => undefined);
  return {
    /** @returns how long the slowest answer took, in milliseconds. Rejects when one was not 200. */
    stop: async (): Promise<number> => {
      isStopped = true;
      await watching.finally(connection.close);
      return slowestMs;
    },
  };
};
