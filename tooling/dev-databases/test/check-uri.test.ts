import net from 'node:net';
import getPort from 'get-port';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkMongodb, checkRedis } from '../src/check-uri.ts';
import { runGuarded } from '../src/guard/index.mjs';
import { findMongod, startDatabases, startTestDatabase } from '../src/index.ts';
import { createTemporaryFolder } from './helpers.ts';

const getMessage = (rejection: Promise<unknown>): Promise<string> =>
  rejection.then(String, ({ message }: Error) => message);

describe('MONGODB_URI', () => {
  it('is refused in one sentence without its password when nothing listens', async () => {
    const uri = `mongodb://plinth:s3cret@127.0.0.1:${await getPort()}/?serverSelectionTimeoutMS=300`;
    const message = await getMessage(checkMongodb(uri));
    expect(message).toMatch(/^MONGODB_URI \(127\.0\.0\.1:\d+\) is unreachable .*or unset MONGODB_URI/);
    expect(message).not.toContain('s3cret');
  });

  it('is refused when it is a standalone mongod', async () => {
    const [dir, port] = [await createTemporaryFolder(), await getPort()];
    const program = await findMongod({ env: process.env });
    const place = ['--dbpath', dir, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
    const { ended, stop } = runGuarded([program, ...place], { graceMs: 0, stdio: 'ignore' });
    onTestFinished(async () => {
      stop();
      await ended;
    });
    await expect.poll(() => accepts(port), { timeout: 10_000 }).toBe(true);
    await expect(checkMongodb(`mongodb://127.0.0.1:${port}`)).rejects.toThrow(
      /is a standalone mongod, and transactions and change streams need a replica set .*--replSet/,
    );
  });
});

describe('REDIS_URL', () => {
  it('is refused in one sentence without its password when nothing listens', async () => {
    const message = await getMessage(checkRedis(`redis://:s3cret@127.0.0.1:${await getPort()}`));
    expect(message).toMatch(/^REDIS_URL \(127\.0\.0\.1:\d+\) is unreachable .*or unset REDIS_URL/);
    expect(message).not.toContain('s3cret');
  });

  it('is refused when its password is wrong', async () => {
    const redis = await startTestDatabase('redis', { args: ['--requirepass', 'right'] });
    onTestFinished(() => redis.close());
    const message = await getMessage(checkRedis(redis.uri.replace('//', '//:wr0ng@')));
    expect(message).toMatch(/refuses to serve \(.*WRONGPASS/);
    expect(message).not.toContain('wr0ng');
  });

  it('is used without a change, and so is MONGODB_URI', async () => {
    const { MONGODB_URI: _mongodb, REDIS_URL: _redis, ...env } = process.env;
    const started = await startDatabases({ env });
    const reused = await startDatabases({
      env: { ...env, MONGODB_URI: started.mongodbUri, REDIS_URL: started.redisUrl },
    });
    expect(reused).toMatchObject({ mongodbUri: started.mongodbUri, redisUrl: started.redisUrl });
    await reused.stop();
    await expect(checkRedis(started.redisUrl)).resolves.toBeUndefined();
    await started.stop();
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
