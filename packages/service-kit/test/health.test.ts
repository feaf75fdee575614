import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

const up = () => Promise.resolve();
const down = () => Promise.reject(new Error('down'));
const hang = () => new Promise<void>(() => undefined);

/** Opens a host with these dependencies and returns its response. */
const get = async (
  url: string,
  { mongodb = up, redis = up, drains = false }: { mongodb?: typeof up; redis?: typeof up; drains?: boolean } = {},
) => {
  const host = await openTestHost({
    modules: [thingsModule],
    datastore: fakeDatastore(),
    dependencies: [
      { name: 'mongodb', required: true, check: mongodb },
      { name: 'redis', required: false, check: redis },
    ],
  });
  if (drains) host.drain();
  const { status, body, headers } = await host.anonymous.get(url);
  await host.close();
  return { status, body, connection: headers['connection'] };
};

describe('liveness', () => {
  it.each(['/health', '/health/live'])('returns 200 at %s without checking a dependency', async (url) => {
    expect(await get(url, { mongodb: down })).toMatchObject({ status: 200, body: { status: 'live' } });
  });
});

describe('readiness', () => {
  it.each(['/ready', '/health/ready'])('returns 200 at %s when every dependency is up', async (url) => {
    expect(await get(url)).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it.each([
    ['down', down],
    ['silent', hang],
  ])('returns 503 and names a required dependency that is %s', async (_how, mongodb) => {
    const body = { status: 'unavailable', missing: ['mongodb'] };
    expect(await get('/ready', { mongodb })).toMatchObject({ status: 503, body });
  });

  it('returns 200 and names an optional dependency that is down', async () => {
    const body = { status: 'ready', degraded: ['redis'] };
    expect(await get('/ready', { redis: down })).toMatchObject({ status: 200, body });
  });

  it('returns 503 while the host drains, and closes kept connections', async () => {
    const body = { missing: ['draining'] };
    expect(await get('/ready', { drains: true })).toMatchObject({ status: 503, body, connection: 'close' });
  });
});

it('checks each dependency once a second at most, however many probes arrive', async () => {
  let checks = 0;
  const check = async (): Promise<void> => {
    checks += 1;
    await setTimeout(50);
  };
  const host = await openTestHost({
    modules: [thingsModule],
    datastore: fakeDatastore(),
    dependencies: [{ name: 'mongodb', required: true, check }],
  });
  const probe = async () => (await host.anonymous.get('/health/ready')).status;
  const statuses = await Promise.all(Array.from({ length: 100 }, probe));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await probe()).toBe(200);
  expect(checks).toBe(1);
  await expect.poll(async () => [await probe(), checks], { timeout: 15_000 }).toEqual([200, 2]);
  await host.close();
});
