import { setTimeout as sleep } from 'node:timers/promises';
import { type ReplicaSet, startReplicaSet } from '@plinth/dev-databases';
import { seed } from '@plinth/testing';
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

type Fault = { readonly name: string; readonly inflict: (pid: number) => Promise<void> };

/** The faults of a primary. The replica set restarts a mongod that ends. */
const faults: readonly Fault[] = [
  { name: 'SIGKILL', inflict: async (pid) => void process.kill(pid, 'SIGKILL') },
  { name: 'SIGSTOP for 5 s', inflict: (pid) => pause(pid, 5000) },
  { name: 'SIGTERM', inflict: async (pid) => void process.kill(pid, 'SIGTERM') },
  // Longer than the socket timeout of a connection.
  { name: 'SIGSTOP for 12 s', inflict: (pid) => pause(pid, 12_000) },
];

const size = isHeavy ? { times: 10, writers: 20, resent: 10_000 } : { times: 3, writers: 20, resent: 200 };
const recoveredWithinMs = 15_000;

type Recovery = { readonly name: string; readonly recoveredMs: number; readonly calm: readonly [number, number] };

/** The pauses between the faults. */
const calms = fc.sample(fc.integer({ min: 500, max: 1500 }), { seed, numRuns: size.times });

type Stage = { readonly set: ReplicaSet; readonly writers: Writers; readonly calmMs: number };

const inflict = async (fault: Fault, { set, writers, calmMs }: Stage): Promise<Recovery> => {
  const { pid } = await set.getPrimary();
  const startedAt = performance.now();
  const [recoveredMs] = await Promise.all([writers.recovered(startedAt), fault.inflict(pid)]);
  await set.waitUntilHealthy();
  const wholeAt = performance.now();
  await sleep(calmMs);
  return { name: fault.name, recoveredMs, calm: [wholeAt, performance.now()] };
};

const timeoutMs = isHeavy ? 600_000 : 180_000;
const title = `race: the primary fails ${size.times} times under ${size.writers} writers: no write is lost or applied twice`;

it(title, { timeout: timeoutMs }, async () => {
  const set = await startReplicaSet();
  onTestFinished(() => set.close());
  const service = await createService('svc-users', set.uri);
  onTestFinished(() => service.close());
  await service.start();
  const writers = startWriters(service, size.writers);
  const recoveries: Recovery[] = [];
  for (const [time, calmMs] of calms.entries()) {
    recoveries.push(await inflict(faults[time % faults.length] as Fault, { set, writers, calmMs }));
  }
  const written = await writers.stop();
  const attempts = written.reduce((sum, { attempts: own }) => sum + own.length, 0);
  const figures = recoveries.map(({ name, recoveredMs }) => `${name}: ${Math.round(recoveredMs)} ms`);
  console.info(`every writer continued after ${figures.join(', ')}; ${written.length} writes in ${attempts} attempts`);

  expect(Math.max(...recoveries.map(({ recoveredMs }) => recoveredMs))).toBeLessThan(recoveredWithinMs);
  expect(recoveries.flatMap(({ calm }) => findFailures(written, calm))).toEqual([]);
  expect(new Set(written.map(({ response }) => response.status))).toEqual(new Set([201]));
  const requests = written.map(({ request }) => request);
  expect((await listStoredEmails(service)).toSorted()).toEqual(getEmails(requests).toSorted());
  expect((await listJournalKeys(service, 'createUser')).toSorted()).toEqual(requests.map(({ key }) => key).toSorted());
  // A replay costs more than a write, so a sample over the whole time is sent again.
  const sample = written.filter((_, index) => index % Math.ceil(written.length / size.resent) === 0);
  const replays = await sendAll(
    service,
    sample.map(({ request }) => request),
    { senders: size.writers },
  );
  expect(replays.map(getContent)).toEqual(sample.map(({ response }) => getContent(response)));
});
