import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findMongod } from '../src/find-mongod.ts';
import { checkMongodb, checkRedis } from '../src/given.ts';
import { startDatabases } from '../src/index.ts';
import { freePort } from '../src/port.ts';
import { keep } from '../src/warden/keep.mjs';
import { temporaryFolder } from './helpers.ts';

describe('a given MONGODB_URI', () => {
  it('that nobody answers is refused in one sentence without its password', async () => {
    const uri = `mongodb://plinth:s3cret@127.0.0.1:${await freePort()}/?serverSelectionTimeoutMS=300`;
    const error: Error = await checkMongodb(uri).catch((reason) => reason);
    expect(error.message).toMatch(/^MONGODB_URI \(127\.0\.0\.1:\d+\) cannot be reached .*or unset MONGODB_URI/);
    expect(error.message).not.toContain('s3cret');
  });

  it('that is a standalone mongod is refused with what to do', async () => {
    const [dir, port] = [await temporaryFolder(), await freePort()];
    const program = await findMongod({ env: process.env });
    const kept = keep({
      command: [program, '--dbpath', dir, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'],
      stdio: ['ignore', 'pipe', 'pipe'],
      graceMs: 0,
    });
    kept.stdout?.resume();
    kept.stderr?.resume();
    onTestFinished(async () => void (await kept.end()));
    await expect.poll(() => accepts(port), { timeout: 10_000 }).toBe(true);
    await expect(checkMongodb(`mongodb://127.0.0.1:${port}`)).rejects.toThrow(
      /is a standalone mongod, and transactions and change streams need a replica set .*--replSet/,
    );
  });
});

describe('a given REDIS_URL', () => {
  it('that nobody answers is refused in one sentence without its password', async () => {
    const error: Error = await checkRedis(`redis://:s3cret@127.0.0.1:${await freePort()}`).catch((reason) => reason);
    expect(error.message).toMatch(/^REDIS_URL \(127\.0\.0\.1:\d+\) cannot be reached .*or unset REDIS_URL/);
    expect(error.message).not.toContain('s3cret');
  });

  it('is used as it is, and so is a given MONGODB_URI', async () => {
    const { MONGODB_URI: _mongodb, REDIS_URL: _redis, ...env } = process.env;
    const own = await startDatabases({ env });
    const given = await startDatabases({ env: { ...env, MONGODB_URI: own.mongodbUri, REDIS_URL: own.redisUrl } });
    await given.stop();
    await sleep(50);
    expect(await checkRedis(own.redisUrl)).toBe(own.redisUrl);
    await own.stop();
  });
});

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
