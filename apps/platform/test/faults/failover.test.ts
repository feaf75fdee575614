import { setTimeout as sleep } from 'node:timers/promises';
import { type ReplicaSet, startReplicaSet } from '@plinth/dev-databases';
import { getSeed } from '@plinth/testing';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { getContent, sendAll } from './requests.ts';
import { createService } from './service.ts';
import { getEmails, isHeavy, listJournalKeys, listStoredEmails } from './users.ts';
import { findFailures, startWriters, type Writers } from './writers.ts';

const pause = async (pid: number, ms: number): Promise<void> => {
  process.kill(pid, 'SIGSTOP');
  await sleep(ms);
  process.kill(pid, 'SIGCONT');
};

type Fault = { readonly name: string; readonly inject: (pid: number) => Promise<void> };

/** Ways in which a primary fails. The replica set restarts a mongod that ends. */
const faults: readonly Fault[] = [
  { name: 'SIGKILL', inject: async (pid) => void process.kill(pid, 'SIGKILL') },
  // Longer than the election timeout of the replica set.
  { name: 'SIGSTOP for 4 s', inject: (pid) => pause(pid, 4000) },
  { name: 'SIGTERM', inject: async (pid) => void process.kill(pid, 'SIGTERM') },
  // Longer than the socket timeout of a connection.
  { name: 'SIGSTOP for 12 s', inject: (pid) => pause(pid, 12_000) },
];

const size = isHeavy ? { failures: 10, writers: 20, replays: 10_000 } : { failures: 3, writers: 10, replays: 50 };
/** A machine that runs other tests too needs longer. */
const recoveredWithinMs = isHeavy ? 15_000 : 45_000;

type Recovery = {
  readonly name: string;
  readonly recoveredMs: number;
  readonly healthyPeriod: readonly [number, number];
};

/** The times between a recovery and the next fault. */
const pausesMs = fc.sample(fc.integer({ min: 300, max: 900 }), { seed: getSeed(), numRuns: size.failures });

type InjectOptions = { readonly replicaSet: ReplicaSet; readonly writers: Writers; readonly pauseMs: number };

const injectFault = async (fault: Fault, { replicaSet, writers, pauseMs }: InjectOptions): Promise<Recovery> => {
  const { pid } = await replicaSet.getPrimary();
  const startedAt = performance.now();
  const [recoveredMs] = await Promise.all([writers.waitForRecovery(startedAt), fault.inject(pid)]);
  await replicaSet.waitUntilHealthy();
  const healthyAt = performance.now();
  await sleep(pauseMs);
  return { name: fault.name, recoveredMs, healthyPeriod: [healthyAt, performance.now()] };
};

const timeoutMs = isHeavy ? 600_000 : 180_000;
const title = `race: the primary fails ${size.failures} times under ${size.writers} writers: no write is lost or applied twice`;

it(title, { timeout: timeoutMs }, async () => {
  const replicaSet = await startReplicaSet();
  onTestFinished(() => replicaSet.close());
  const service = await createService('svc-users', replicaSet.uri);
  onTestFinished(() => service.close());
  await service.start();
  const writers = startWriters(service, size.writers);
  const recoveries: Recovery[] = [];
  for (const [index, pauseMs] of pausesMs.entries()) {
    recoveries.push(await injectFault(faults[index % faults.length] as Fault, { replicaSet, writers, pauseMs }));
  }
  const completed = await writers.stop();
  const attemptCount = completed.flatMap(({ attempts }) => attempts).length;
  const figures = recoveries.map(({ name, recoveredMs }) => `${name}: ${Math.round(recoveredMs)} ms`);
  console.info(
    `every writer continued after ${figures.join(', ')}; ${completed.length} writes in ${attemptCount} attempts`,
  );

  expect(Math.max(...recoveries.map(({ recoveredMs }) => recoveredMs))).toBeLessThan(recoveredWithinMs);
  expect(recoveries.flatMap(({ healthyPeriod }) => findFailures(completed, healthyPeriod))).toEqual([]);
  expect(new Set(completed.map(({ response }) => response.status))).toEqual(new Set([201]));
  const requests = completed.map(({ request }) => request);
  expect((await listStoredEmails(service)).toSorted()).toEqual(getEmails(requests).toSorted());
  expect((await listJournalKeys(service, 'createUser')).toSorted()).toEqual(requests.map(({ key }) => key).toSorted());
  // A replay takes longer than a write, so only a sample of all requests is sent again.
  const sample = completed.filter((_, index) => index % Math.ceil(completed.length / size.replays) === 0);
  const replays = await sendAll(
    service,
    sample.map(({ request }) => request),
    { concurrency: size.writers },
  );
  expect(replays.map(getContent)).toEqual(sample.map(({ response }) => getContent(response)));
});
