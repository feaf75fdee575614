import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  isBrokenCircuitError,
  type RetryPolicy,
  retry,
} from 'cockatiel';
import { createRetryBudget } from './retry-budget.ts';
import type { TargetOptions } from './target-options.ts';

const failuresMax = 5;
const pauseMs = 200;
const pauseMaxMs = 2000;

/** Returns whether a response says nothing about the request: the system fails or is overloaded. */
export const isFailure = (response: unknown): boolean =>
  response instanceof Response && (response.status >= 500 || response.status === 429);

/** Creates the breaker of a target: five failures in a row open it. Later one call decides whether it closes. */
export const createBreaker = ({ halfOpenAfterMs }: Required<TargetOptions>): CircuitBreakerPolicy =>
  circuitBreaker(handleAll.orWhenResult(isFailure), {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(failuresMax),
  });

const repeatableMethods = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'];

/** Returns whether a request that is sent twice has the effect of one: by its method or its key. */
export const isRepeatable = ({ method, headers }: Request): boolean =>
  repeatableMethods.includes(method) || headers.has('idempotency-key');

export type Retries = {
  readonly policy: RetryPolicy;
  /** Records a call, so that the budget grows. */
  onCall(): void;
};

/** Creates the retries of a target, within a budget. They pause for a random time that grows. */
export const createRetries = ({ retriesMax }: Required<TargetOptions>): Retries => {
  const budget = createRetryBudget();
  const backoff = new ExponentialBackoff({ initialDelay: pauseMs, maxDelay: pauseMaxMs });
  const policy = retry(
    handleWhen((error) => !isBrokenCircuitError(error) && budget.isLeft()).orWhenResult(
      (response) => isFailure(response) && budget.isLeft(),
    ),
    { maxAttempts: retriesMax, backoff },
  );
  policy.onRetry(budget.take);
  return { policy, onCall: budget.deposit };
};
