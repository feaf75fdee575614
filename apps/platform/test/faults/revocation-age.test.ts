import { type ReplicaSet, startReplicaSet } from '@plinth/dev-databases';
import { getFreePort } from '@plinth/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from './requests.ts';
import { createService, type Service } from './service.ts';
import { createUserRequest } from './users.ts';

const ageMaxSeconds = 8;

let replicaSet: ReplicaSet;
let service: Service;
let metricsPort: number;

beforeAll(async () => {
  replicaSet = await startReplicaSet();
  metricsPort = await getFreePort();
  service = await createService('svc-users', replicaSet.uri, {
    REVOCATIONS_AGE_MAX_SECONDS: String(ageMaxSeconds),
    METRICS_PORT: String(metricsPort),
  });
  await service.start();
});

afterAll(async () => {
  await service.close();
  await replicaSet.close();
});

const readReadiness = async (): Promise<unknown> => {
  const response = await fetch(`${service.url}/health/ready`);
  return [response.status, await response.json()];
};

/** Returns the value of the gauge. */
const readAge = async (): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  return Number(/^revocations_age_seconds (\S+)$/m.exec(text)?.[1]);
};

const ready = [200, { status: 'ready' }];

it('integrity: a process whose revocations may be missing reports it, is not ready after a time, and recovers', async () => {
  await expect.poll(readReadiness).toEqual(ready);
  await expect.poll(readAge).toBeLessThan(4);
  const resume = await replicaSet.pauseSecondaries();
  const pausedAt = performance.now();
  // The primary has a write that this process cannot know of, because no majority has it.
  const write = send(service, createUserRequest('unknown'));
  try {
    const degraded = [200, { status: 'ready', degraded: ['revocations'] }];
    await expect.poll(readReadiness, { timeout: 20_000, interval: 100 }).toEqual(degraded);
    const missing = [503, { status: 'unavailable', missing: ['revocations'] }];
    await expect.poll(readReadiness, { timeout: 20_000, interval: 100 }).toEqual(missing);
    const pausedSeconds = (performance.now() - pausedAt) / 1000;
    expect(pausedSeconds).toBeGreaterThan(ageMaxSeconds - 4);
    expect(await readAge()).toBeGreaterThan(ageMaxSeconds);
  } finally {
    resume();
  }
  await expect.poll(readReadiness, { timeout: 20_000, interval: 100 }).toEqual(ready);
  await expect.poll(readAge).toBeLessThan(4);
  await write;
});
