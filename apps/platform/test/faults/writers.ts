import { setTimeout as sleep } from 'node:timers/promises';
import { type Attempt, isHandled, type KeyedRequest, type ServiceResponse, sendUntilHandled } from './requests.ts';
import type { Service } from './service.ts';
import { createUserRequest } from './users.ts';

/** A request with its response and all attempts. */
export type CompletedRequest = {
  readonly request: KeyedRequest;
  readonly response: ServiceResponse;
  readonly attempts: readonly Attempt[];
};

export type Writers = {
  /** Resolves with the milliseconds from `time` until each writer has a response to an attempt that started after `time`. */
  waitForRecovery(time: number): Promise<number>;
  /** Stops the writers after their current requests. Resolves with their completed requests. */
  stop(): Promise<readonly CompletedRequest[]>;
};

/** The pause between requests of one writer, so that the servers get enough CPU time. */
const pauseMs = 200;
const pollMs = 20;
const recoveredWithinMs = 60_000;

const getAttempts = (completed: readonly CompletedRequest[]): Attempt[] =>
  completed.flatMap(({ attempts }) => attempts);

/** Returns the end of the first handled attempt that started after `time`. */
const findFirstAfter = (completed: readonly CompletedRequest[], time: number): number | undefined =>
  getAttempts(completed).find((attempt) => attempt.startedAt > time && isHandled(attempt))?.endedAt;

/** Returns the attempts that started and failed within a period. */
export const findFailures = (
  completed: readonly CompletedRequest[],
  [from, to]: readonly [number, number],
): Attempt[] =>
  getAttempts(completed).filter((attempt) => attempt.startedAt > from && attempt.endedAt < to && !isHandled(attempt));

/** Starts writers that create users one after the other and repeat each request until it has its response. */
export const startWriters = (service: Service, count: number): Writers => {
  let isStopping = false;
  const completed: CompletedRequest[][] = Array.from({ length: count }, () => []);
  const write = async (requests: CompletedRequest[], writer: number): Promise<void> => {
    while (!isStopping) {
      const request = createUserRequest(`by-${writer}-${requests.length}`);
      requests.push({ request, ...(await sendUntilHandled(service, request)) });
      await sleep(pauseMs);
    }
  };
  const running = Promise.all(completed.map(write));
  // A writer that failed fails the test in `stop`, not as an unhandled rejection.
  running.catch(() => undefined);
  return {
    waitForRecovery: async (time) => {
      const deadline = performance.now() + recoveredWithinMs;
      while (performance.now() < deadline) {
        const firsts = completed.map((requests) => findFirstAfter(requests, time));
        if (firsts.every((first) => first !== undefined)) return Math.max(...firsts) - time;
        await sleep(pollMs);
      }
      throw new Error(`A writer got no response within ${recoveredWithinMs / 1000} s.`);
    },
    stop: async () => {
      isStopping = true;
      await running;
      return completed.flat();
    },
  };
};
