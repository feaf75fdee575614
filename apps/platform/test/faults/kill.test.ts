import { setTimeout as sleep } from 'node:timers/promises';
import { seed } from '@plinth/testing';
import fc from 'fast-check';
import { describe, expect, it, type TestContext } from 'vitest';
import { aPerson, creationOf, emailsOf, isHeavy, peopleCalled, receiptsOf, storedEmails } from './people.ts';
import { type Answer, contentOf, type KeyedRequest, send, sendAll, sendUntilAnswered } from './requests.ts';
import { aService, type Service } from './service.ts';

/** Closed with the test that it was started for: among concurrent tests only their own context knows which. */
const started = async (main: 'platform' | 'victim', { onTestFinished }: TestContext): Promise<Service> => {
  const service = await aService(main, String(process.env['MONGODB_URI']));
  onTestFinished(() => service.close());
  await service.start();
  return service;
};

type Operation = {
  readonly name: string;
  readonly status: number;
  /** A request that has not been sent yet, about the person `name`. */
  readonly request: (service: Service, name: string) => Promise<KeyedRequest>;
  /** What is stored of the person when it has happened once. */
  readonly effect: object;
};

const operations: readonly Operation[] = [
  {
    name: 'createUser',
    status: 201,
    request: async (_, name) => creationOf(name),
    effect: { version: 1 },
  },
  {
    name: 'updateUser',
    status: 200,
    request: async (service, name) => {
      const path = await aPerson(service, name);
      return { method: 'PATCH', path, key: `update ${name}`, body: { name: 'Renamed' }, version: 1 };
    },
    effect: { version: 2, name: 'Renamed' },
  },
  {
    name: 'deleteUser',
    status: 204,
    request: async (service, name) => {
      const path = await aPerson(service, name);
      return { method: 'DELETE', path, key: `delete ${name}`, version: 1 };
    },
    effect: { version: 2, deleted: true },
  },
];

/**
 * From when the process is there again until a repeated request has its answer: mongod ends the transaction of a dead
 * process when it is 5 seconds old, and looks for such every 2.5 seconds.
 */
const answeredWithinMs = 7500;

/** A process dies at one step of a request and is started again; the request is repeated with its key. */
const dieAndRepeat = async (service: Service, operation: Operation, killAt: number) => {
  const name = `at-${killAt}`;
  const request = await operation.request(service, name);
  await service.order({ killAt });
  expect((await send(service, request)).answer).toBeUndefined();
  expect(await service.ended()).toBe('SIGKILL');
  const diedAt = performance.now();

  await service.start();
  const readyAt = performance.now();
  const { answer } = await sendUntilAnswered(service, request);
  const answeredAt = performance.now();
  const again = await send(service, request);

  expect(answer.status).toBe(operation.status);
  expect(contentOf(again.answer as Answer)).toEqual(contentOf(answer));
  expect(again.answer?.replayed).toBe(true);
  expect(await peopleCalled(service, name)).toEqual([expect.objectContaining(operation.effect)]);
  expect(answeredAt - readyAt).toBeLessThan(answeredWithinMs);
  return { sinceDeathMs: answeredAt - diedAt, sinceReadyMs: answeredAt - readyAt };
};

/** Processes that share the steps of an operation: most of the time is spent in waiting for what dead ones locked. */
const lanes = [0, 1, 2];

/** Between the answer to one command and the sending of the next nothing changes in the database. */
const isDistinct = (step: string, at: number, steps: readonly string[]): boolean =>
  step.endsWith('started') || at === steps.length - 1;

const dieAtEachStep = async (services: readonly Service[], operation: Operation) => {
  const [first] = services as [Service];
  const undisturbed = await operation.request(first, 'undisturbed');
  await first.order({ killAt: Number.MAX_SAFE_INTEGER });
  expect((await send(first, undisturbed)).answer?.status).toBe(operation.status);
  const steps = await first.order({});
  expect(steps.at(-1)).toBe('commitTransaction succeeded');
  const died = [...steps.keys()].filter((at) => isHeavy || isDistinct(steps[at] ?? '', at, steps));
  const figures = new Map<number, string>();
  await Promise.all(
    services.map(async (service, lane) => {
      for (const at of died.filter((_, index) => index % lanes.length === lane)) {
        const { sinceDeathMs, sinceReadyMs } = await dieAndRepeat(service, operation, at + 1);
        figures.set(at, `${steps[at]}: ${Math.round(sinceDeathMs)} ms (ready for ${Math.round(sinceReadyMs)} ms)`);
      }
    }),
  );
  const lines = died.map((at) => figures.get(at));
  console.info(`${operation.name}, from the death to the answer:\n${lines.join('\n')}`);
  return [undisturbed.key, ...died.map((at) => undisturbed.key.replace('undisturbed', `at-${at + 1}`))];
};

const lastsMs = isHeavy ? 600_000 : 240_000;

describe.concurrent('killed at any step of a command', () => {
  it.for(operations)(
    '$name with a key happens once and has one answer',
    { timeout: lastsMs },
    async (operation, test) => {
      const services = await Promise.all(lanes.map(() => started('victim', test)));
      const keys = await dieAtEachStep(services, operation);
      const receipts = await Promise.all(services.map((service) => receiptsOf(service, operation.name)));
      expect(receipts.flat().toSorted()).toEqual(keys.toSorted());
    },
  );
});

const size = isHeavy ? { keys: 1500, kills: 30, writers: 50 } : { keys: 240, kills: 6, writers: 20 };

/** After so many answers, and so many milliseconds, while every writer is at work. */
const aMoment = fc.noBias(fc.record({ answered: fc.nat(size.keys - size.writers), afterMs: fc.nat(30) }));
const moments = fc.sample(aMoment, { seed, numRuns: size.kills }).toSorted((a, b) => a.answered - b.answered);

/** Kills a process at random moments and starts it again at once. `answered` tells how far the writers are. */
const killAtRandom = async (service: Service, answered: () => number): Promise<void> => {
  for (const moment of moments) {
    while (answered() < moment.answered) await sleep(1);
    await sleep(moment.afterMs);
    await service.kill();
    await service.start();
  }
};

describe.concurrent('killed at random', () => {
  it(`${size.keys} keys over ${size.kills} kills: 0 lost, 0 doubled, 0 changed`, { timeout: lastsMs }, async (test) => {
    const service = await started('platform', test);
    const requests = Array.from({ length: size.keys }, (_, n) => creationOf(`random-${n}`));
    const answers: Answer[] = [];
    const [first] = await Promise.all([
      sendAll(service, requests, { senders: size.writers, onAnswer: (answer) => answers.push(answer) }),
      killAtRandom(service, () => answers.length),
    ]);
    const again = await sendAll(service, requests, { senders: size.writers });
    console.info(`killed after ${moments.map(({ answered }) => answered).join(', ')} answers`);

    expect(again.map(({ status, replayed }) => ({ status, replayed }))).toEqual(
      requests.map(() => ({ status: 201, replayed: true })),
    );
    expect(again.map(contentOf)).toEqual(first.map(contentOf));
    expect((await storedEmails(service)).toSorted()).toEqual(emailsOf(requests).toSorted());
    expect((await receiptsOf(service, 'createUser')).toSorted()).toEqual(requests.map(({ key }) => key).toSorted());
  });
});
