import { setTimeout as sleep } from 'node:timers/promises';
import { getSeed } from '@plinth/testing';
import fc from 'fast-check';
import { describe, expect, it, type TestContext } from 'vitest';
import { getContent, type KeyedRequest, type ServiceResponse, send, sendAll, sendUntilHandled } from './requests.ts';
import { createService, type Service } from './service.ts';
import {
  addUser,
  createUserRequest,
  findUsersNamed,
  getEmails,
  isHeavy,
  listJournalKeys,
  listStoredEmails,
} from './users.ts';

/** Starts a service and closes it after the test; concurrent tests need their own context for that. */
const startForTest = async (
  entrypoint: 'svc-users' | 'selfKilling',
  { onTestFinished }: TestContext,
): Promise<Service> => {
  const service = await createService(entrypoint, String(process.env['MONGODB_URI']));
  onTestFinished(() => service.close());
  await service.start();
  return service;
};

type Operation = {
  readonly name: string;
  readonly status: number;
  /** Creates a new request for the user `name`. */
  readonly request: (service: Service, name: string) => Promise<KeyedRequest>;
  /** The stored user after the request has taken effect once. */
  readonly effect: object;
  /** How many of the last steps the small size tries; by default all that are distinct. */
  readonly lastSteps?: number;
};

const operations: readonly Operation[] = [
  {
    name: 'createUser',
    status: 201,
    request: async (_, name) => createUserRequest(name),
    effect: { version: 1 },
    // An update sends the same commands after a read.
    lastSteps: 1,
  },
  {
    name: 'updateUser',
    status: 200,
    request: async (service, name) => {
      const path = await addUser(service, name);
      return { method: 'PATCH', path, key: `update ${name}`, body: { name: 'Renamed' }, version: 1 };
    },
    effect: { version: 2, name: 'Renamed' },
  },
  {
    name: 'deleteUser',
    status: 204,
    request: async (service, name) => {
      const path = await addUser(service, name);
      return { method: 'DELETE', path, key: `delete ${name}`, version: 1 };
    },
    effect: { version: 2, deleted: true },
    lastSteps: 1,
  },
];

/**
 * The limit from the restart until a repeated request has its response: mongod aborts the transaction of a dead process
 * when it is 5 seconds old, and looks for such transactions every 2.5 seconds. A machine that runs other tests too needs longer.
 */
const respondedWithinMs = isHeavy ? 7500 : 30_000;

/** Kills a process at one step of a request, starts it again and repeats the request with its key. */
const killAndRepeat = async (service: Service, operation: Operation, killAt: number) => {
  const name = `at-${killAt}`;
  const request = await operation.request(service, name);
  await service.sendMessage({ killAt });
  expect((await send(service, request)).response).toBeUndefined();
  expect(await service.exitSignal()).toBe('SIGKILL');
  const diedAt = performance.now();

  await service.start();
  const readyAt = performance.now();
  const { response } = await sendUntilHandled(service, request);
  const respondedAt = performance.now();
  const again = await send(service, request);

  expect(response.status).toBe(operation.status);
  expect(getContent(again.response as ServiceResponse)).toEqual(getContent(response));
  expect(again.response?.replayed).toBe(true);
  expect(await findUsersNamed(service, name)).toEqual([expect.objectContaining(operation.effect)]);
  expect(respondedAt - readyAt).toBeLessThan(respondedWithinMs);
  return { sinceDeathMs: respondedAt - diedAt, sinceReadyMs: respondedAt - readyAt };
};

/** The steps of an operation are divided among processes, because most of the time is spent waiting for locks of dead processes. */
const countProcesses = ({ lastSteps }: Operation): number => (!isHeavy && lastSteps !== undefined ? 1 : 3);

/** A kill after the response to a command has the same effect as one before the next command: one of the two is enough. */
const isDistinct = (step: string, index: number, steps: readonly string[]): boolean =>
  step.endsWith('started') || index === steps.length - 1;

const killAtEachStep = async (services: readonly Service[], operation: Operation) => {
  const [first] = services as [Service];
  // The first read of a process confirms the primary by a command of its own, which would be one more step.
  for (const { url, token } of services) {
    const response = await fetch(`${url}/v1/users`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(200);
  }
  const undisturbed = await operation.request(first, 'undisturbed');
  await first.sendMessage({ killAt: Number.MAX_SAFE_INTEGER });
  expect((await send(first, undisturbed)).response?.status).toBe(operation.status);
  const steps = await first.sendMessage({});
  expect(steps.at(-1)).toBe('commitTransaction succeeded');
  const distinct = [...steps.keys()].filter((index) => isDistinct(steps[index] ?? '', index, steps));
  const chosen = isHeavy ? [...steps.keys()] : distinct.slice(-(operation.lastSteps ?? distinct.length));
  const figures = new Map<number, string>();
  await Promise.all(
    services.map(async (service, offset) => {
      for (const index of chosen.filter((_, place) => place % services.length === offset)) {
        const { sinceDeathMs, sinceReadyMs } = await killAndRepeat(service, operation, index + 1);
        figures.set(
          index,
          `${steps[index]}: ${Math.round(sinceDeathMs)} ms (${Math.round(sinceReadyMs)} ms after ready)`,
        );
      }
    }),
  );
  const lines = chosen.map((index) => figures.get(index));
  console.info(`${operation.name}, from the kill to the response:\n${lines.join('\n')}`);
  return [undisturbed.key, ...chosen.map((index) => undisturbed.key.replace('undisturbed', `at-${index + 1}`))];
};

const timeoutMs = isHeavy ? 600_000 : 240_000;

describe.concurrent('a process that is killed at any step of a command', () => {
  it.for(operations)(
    'integrity: $name with a key takes effect once and has one response',
    { timeout: timeoutMs },
    async (operation, test) => {
      const services = await Promise.all(
        Array.from({ length: countProcesses(operation) }, () => startForTest('selfKilling', test)),
      );
      const keys = await killAtEachStep(services, operation);
      const storedKeys = await Promise.all(services.map((service) => listJournalKeys(service, operation.name)));
      expect(storedKeys.flat().toSorted()).toEqual(keys.toSorted());
    },
  );
});

const size = isHeavy ? { keys: 1500, kills: 30, writers: 50 } : { keys: 80, kills: 2, writers: 20 };

/** The time of a kill: milliseconds after a number of responses, while every writer is still sending. */
const moment = fc.noBias(fc.record({ responses: fc.nat(size.keys - size.writers), afterMs: fc.nat(30) }));
const moments = fc
  .sample(moment, { seed: getSeed(), numRuns: size.kills })
  .toSorted((a, b) => a.responses - b.responses);

/** Kills a process at random moments and starts it again immediately. */
const killAtRandom = async (service: Service, countResponses: () => number): Promise<void> => {
  for (const { responses, afterMs } of moments) {
    while (countResponses() < responses) await sleep(1);
    await sleep(afterMs);
    await service.kill();
    await service.start();
  }
};

describe.concurrent('a process that is killed at random', () => {
  it(`race: ${size.keys} keys over ${size.kills} kills: no write is lost or applied twice, no response changes`, {
    timeout: timeoutMs,
  }, async (test) => {
    const service = await startForTest('svc-users', test);
    const requests = Array.from({ length: size.keys }, (_, n) => createUserRequest(`random-${n}`));
    const responses: ServiceResponse[] = [];
    const [first] = await Promise.all([
      sendAll(service, requests, { concurrency: size.writers, onResponse: (response) => responses.push(response) }),
      killAtRandom(service, () => responses.length),
    ]);
    const again = await sendAll(service, requests, { concurrency: size.writers });
    console.info(`killed after ${moments.map(({ responses: count }) => count).join(', ')} responses`);

    expect(again.map(({ status, replayed }) => ({ status, replayed }))).toEqual(
      requests.map(() => ({ status: 201, replayed: true })),
    );
    expect(again.map(getContent)).toEqual(first.map(getContent));
    expect((await listStoredEmails(service)).toSorted()).toEqual(getEmails(requests).toSorted());
    expect((await listJournalKeys(service, 'createUser')).toSorted()).toEqual(
      requests.map(({ key }) => key).toSorted(),
    );
  });
});
