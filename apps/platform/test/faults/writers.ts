import { setTimeout as sleep } from 'node:timers/promises';
import { creationOf } from './people.ts';
import { type Answer, isAnswered, type KeyedRequest, sendUntilAnswered, type Try } from './requests.ts';
import type { Service } from './service.ts';

/** A request with its answer and all that came before it. */
export type Written = { readonly request: KeyedRequest; readonly answer: Answer; readonly tries: readonly Try[] };

export type Writers = {
  /** Resolves with the milliseconds from `at` until every writer had an answer to a try that it began after it. */
  recovered(at: number): Promise<number>;
  /** Lets each writer end its request. Resolves with all that they have written. */
  stop(): Promise<readonly Written[]>;
};

/** Between the requests of one writer, so that the machine has room for others. */
const pauseMs = 200;
const pollMs = 20;
const patienceMs = 60_000;

const triesOf = (written: readonly Written[]): Try[] => written.flatMap(({ tries }) => tries);

/** When the first try that began after `at` had its answer. */
const firstAfter = (written: readonly Written[], at: number): number | undefined =>
  triesOf(written).find((once) => once.begunAt > at && isAnswered(once))?.endedAt;

/** Tries that began and failed in a span of time. */
export const failuresBetween = (written: readonly Written[], [from, to]: readonly [number, number]): Try[] =>
  triesOf(written).filter((once) => once.begunAt > from && once.endedAt < to && !isAnswered(once));

/** Starts writers that add one person after the other, each until it has its answer. */
export const startWriters = (service: Service, count: number): Writers => {
  let stopping = false;
  const written: Written[][] = Array.from({ length: count }, () => []);
  const write = async (own: Written[], writer: number): Promise<void> => {
    while (!stopping) {
      const request = creationOf(`by-${writer}-${own.length}`);
      own.push({ request, ...(await sendUntilAnswered(service, request)) });
      await sleep(pauseMs);
    }
  };
  const ended = Promise.all(written.map(write));
  // A writer that gives up fails the test when it is stopped, and not before.
  ended.catch(() => undefined);
  return {
    recovered: async (at) => {
      const deadline = performance.now() + patienceMs;
      while (performance.now() < deadline) {
        const firsts = written.map((own) => firstAfter(own, at));
        if (firsts.every((first) => first !== undefined)) return Math.max(...firsts) - at;
        await sleep(pollMs);
      }
      throw new Error(`Not every writer had an answer within ${patienceMs / 1000} s.`);
    },
    stop: async () => {
      stopping = true;
      await ended;
      return written.flat();
    },
  };
};
