import { setTimeout as sleep } from 'node:timers/promises';
import { type Attempt, isHandled, type KeyedRequest, type ServiceResponse, sendUntilHandled } from './requests.ts';
import type { Service } from './service.ts';
import { createUserRequest } from './users.ts';

/** A request with its response and all attempts. */
export type Written = {
  readonly request: KeyedRequest;
  readonly response: ServiceResponse;
  readonly attempts: readonly Attempt[];
};

export type Writers = {
  /** Resolves with the milliseconds from `time` until each writer has a response to an attempt that started after it. */
  recovered(time: number): Promise<number>;
  /** Stops the writers after their current requests. Resolves with everything that they have written. */
  stop(): Promise<readonly Written[]>;
};

/** Between the requests of one writer, so that the machine has time for the servers. */
const pauseMs = 200;
const pollMs = 20;
const recoveredWithinMs = 60_000;

const getAttempts = (written: readonly Written[]): Attempt[] => written.flatMap(({ attempts }) => attempts);

/** Returns the end of the first handled attempt that started after `time`. */
const findFirstAfter = (written: readonly Written[], time: number): number | undefined =>
  getAttempts(written).find((attempt) => attempt.startedAt > time && isHandled(attempt))?.endedAt;

/** Returns the attempts that started and failed within a period. */
export const findFailures = (written: readonly Written[], [from, to]: readonly [number, number]): Attempt[] =>
  getAttempts(written).filter((attempt) => attempt.startedAt > from && attempt.endedAt < to && !isHandled(attempt));

/** Starts writers that create one user after the other, each until it has its response. */
export const startWriters = (service: Service, count: number): Writers => {
  let isStopping = false;
  const written: Written[][] = Array.from({ length: count }, () => []);
  const write = async (own: Written[], writer: number): Promise<void> => {
    while (!isStopping) {
      const request = createUserRequest(`by-${writer}-${own.length}`);
      own.push({ request, ...(await sendUntilHandled(service, request)) });
      await sleep(pauseMs);
    }
  };
  const ended = Promise.all(written.map(write));
  // A writer that failed fails the test in `stop`, not as an unhandled rejection.
  ended.catch(() => undefined);
  return {
    recovered: async (time) => {
      const deadline = performance.now() + recoveredWithinMs;
      while (performance.now() < deadline) {
        const firsts = written.map((own) => findFirstAfter(own, time));
        if (firsts.every((first) => first !== undefined)) return Math.max(...firsts) - time;
        await sleep(pollMs);
      }
      throw new Error(`A writer got no response within ${recoveredWithinMs / 1000} s.`);
    },
    stop: async () => {
      isStopping = true;
      await ended;
      return written.flat();
    },
  };
};
