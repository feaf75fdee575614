import { setTimeout as sleep } from 'node:timers/promises';
import { type ReplicaSet, startReplicaSet } from '@plinth/dev-databases';
import { seed } from '@plinth/testing';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { getContent, sendAll } from './requests.ts';
import { createService } from './service.ts';
import { getEmails, isHeavy, listJournalKeys, listStoredEmails } from './users.ts';
import { findFailures, startWriters, type Writers } from './writers.ts';

const paused = async (pid: number, ms: number): Promise<void> => {
  process.kill(pid, 'SIGSTOP');
  await sleep(ms);
  process.kill(pid, 'SIGCONT');
};

type Fault = { readonly name: string; readonly inflict: (pid: number) => Promise<void> };

/** What happens to a primary. A mongod that ends is started again by its warden. */
const faults: readonly Fault[] = [
  { name: 'SIGKILL', inflict: async (pid) => void process.kill(pid, 'SIGKILL') },
  { name: 'SIGSTOP for 5 s', inflict: (pid) => paused(pid, 5000) },
  { name: 'SIGTERM', inflict: async (pid) => void process.kill(pid, 'SIGTERM') },
  // Longer than a connection waits for its response.
  { name: 'SIGSTOP for 12 s', inflict: (pid) => paused(pid, 12_000) },
];

const size = isHeavy ? { times: 10, writers: 20, resent: 10_000 } : { times: 3, writers: 20, resent: 200 };
const recoveredWithinMs = 15_000;

type Survived = { readonly name: string; readonly recoveredMs: number; readonly calm: readonly [number, number] };

/** How long all is well after each fault. */
const calms = fc.sample(fc.integer({ min: 500, max: 1500 }), { seed, numRuns: size.times });

type Stage = { readonly set: ReplicaSet; readonly writers: Writers; readonly calmMs: number };

const survive = async (fault: Fault, { set, writers, calmMs }: Stage): Promise<Survived> => {
  const { pid } = await set.getPrimary();
  const at = performance.now();
  const [recoveredMs] = await Promise.all([writers.recovered(at), fault.inflict(pid)]);
  await set.waitUntilHealthy();
  const wholeAt = performance.now();
  await sleep(calmMs);
  return { name: fault.name, recoveredMs, calm: [wholeAt, performance.now()] };
};

const lastsMs = isHeavy ? 600_000 : 180_000;
const title = `the primary of three lost ${size.times} times under ${size.writers} writers: 0 lost, 0 doubled`;

it(title, { timeout: lastsMs }, async () => {
  const set = await startReplicaSet();
  onTestFinished(() => set.close());
  const service = await createService('svc-users', set.uri);
  onTestFinished(() => service.close());
  await service.start();
  const writers = startWriters(service, size.writers);
  const survived: Survived[] = [];
  for (const [time, calmMs] of calms.entries()) {
    survived.push(await survive(faults[time % faults.length] as Fault, { set, writers, calmMs }));
  }
  const written = await writers.stop();
  const tries = written.reduce((sum, one) => sum + one.tries.length, 0);
  const figures = survived.map(({ name, recoveredMs }) => `${name}: ${Math.round(recoveredMs)} ms`);
  console.info(`every writer went on after ${figures.join(', ')}; ${written.length} writes in ${tries} tries`);

  expect(Math.max(...survived.map(({ recoveredMs }) => recoveredMs))).toBeLessThan(recoveredWithinMs);
  expect(survived.flatMap(({ calm }) => findFailures(written, calm))).toEqual([]);
  expect(new Set(written.map(({ response }) => response.status))).toEqual(new Set([201]));
  const requests = written.map(({ request }) => request);
  expect((await listStoredEmails(service)).toSorted()).toEqual(getEmails(requests).toSorted());
  expect((await listJournalKeys(service, 'createUser')).toSorted()).toEqual(requests.map(({ key }) => key).toSorted());
  // To response from the journal costs more than to write, so each of so many keys is sent again, all over the time.
  const sample = written.filter((_, at) => at % Math.ceil(written.length / size.resent) === 0);
  const again = await sendAll(
    service,
    sample.map(({ request }) => request),
    { senders: size.writers },
  );
  expect(again.map(getContent)).toEqual(sample.map(({ response }) => getContent(response)));
});
