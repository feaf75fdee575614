import { spawnSync } from 'node:child_process';
import { startService } from '@plinth/testing/process';
import { expect, it, onTestFinished } from 'vitest';
import { createEntry } from '../src/peers/entry.ts';

const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;
const entry = await createEntry({ mongodbUri, redisUrl });
const heavy = process.env['PLINTH_HEAVY'] === '1';

it.runIf(heavy)(
  'starts the platform that the entry declares, and every endpoint responds as the benchmark expects',
  async () => {
    const [command, ...args] = entry.seed;
    const { stdout, stderr, status } = spawnSync(String(command), args, {
      env: { ...process.env, ...entry.env },
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { headers, postHeaders, ids, foreignIds } = JSON.parse(stdout);
    expect(ids).toHaveLength(1000);

    const service = await startService(String(entry.cmd.at(-1)), entry.env);
    onTestFinished(async () => void (await service.end('SIGTERM')));
    const { health, get, list, post } = entry.endpoints;
    const send = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${service.url}${path}`, init);
      return { status: response.status, body: await response.json() };
    };
    expect(await send(health.path)).toMatchObject({ status: 200 });
    expect(await send(get.path.replace(':id', ids[5]), { headers })).toMatchObject({
      status: 200,
      body: { id: ids[5] },
    });
    expect(await send(get.path.replace(':id', foreignIds[5]), { headers })).toMatchObject({ status: 404 });
    const newest = ids
      .toReversed()
      .slice(0, 20)
      .map((id: string) => ({ id }));
    expect(await send(list.path, { headers })).toMatchObject({ status: 200, body: { [list.at]: newest } });
    const order = { customerId: 'c1', currency: 'EUR', items: [{ sku: 'A', name: 'Lamp', qty: 3, unitPrice: 500 }] };
    const place = (body: object) =>
      send(post.path, {
        method: 'POST',
        headers: { ...postHeaders, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect(await place(order)).toMatchObject({ status: 201, body: { ...order, total: 1500 } });
    expect(await place({ ...order, unknown: 1 })).toMatchObject({ status: 400 });
  },
  120_000,
);
