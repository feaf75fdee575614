import type { Contract } from '@plinth/contract-kit';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openTestHost, type TestHost, type TestHostOptions } from './test-host.ts';

export type CoverOptions = {
  readonly covers?: string | Contract | undefined;
  /** Declared responses that no request can cause, such as a refusal after which the second execution always succeeds. */
  readonly unreachable?: readonly string[] | undefined;
};

type Lazy = { readonly current: TestHost };

/**
 * @throws when a declared response of an operation has not been sent, except those that the host sends for every route, or when one
 * was sent that is listed as unreachable.
 */
export const assertCovered = (
  host: Pick<TestHost, 'unseenResponses'>,
  operations: readonly string[],
  unreachable: readonly string[] = [],
): void => {
  const unseen = operations.flatMap((operation) =>
    host.unseenResponses(operation).map((name) => `${operation} ${name}`),
  );
  const reached = unreachable.filter((name) => !unseen.includes(name));
  if (reached.length > 0) throw new Error(`A test causes ${reached.join(', ')}: remove it from 'unreachable'.`);
  const missing = unseen.filter((name) => !unreachable.includes(name));
  if (missing.length === 0) return;
  throw new Error(
    `No test of this file causes ${missing.join(', ')}. Add a case of each, or remove the error from the route.`,
  );
};

/**
 * Opens one host for the tests of a file. A test fails when a route sends a response that its contract does not declare, or a
 * query has no tenant or no index. With `covers`, the file fails when no test causes a declared response of that operation, or of an
 * operation of that contract.
 */
export const useTestHost = (open: () => Promise<TestHostOptions>, { covers, unreachable }: CoverOptions = {}): Lazy => {
  let host: TestHost | undefined;
  const getHost = (): TestHost => {
    if (!host) throw new TypeError('The test host is open while tests run, not while they are declared.');
    return host;
  };
  beforeAll(async () => {
    host = await openTestHost(await open());
  });
  afterEach(async () => {
    expect(await getHost().faults()).toEqual([]);
  });
  afterAll(async () => {
    try {
      const operations = typeof covers === 'object' ? Object.keys(covers.routes) : [covers ?? []].flat();
      assertCovered(getHost(), operations, unreachable);
    } finally {
      await getHost().close();
    }
  });
  return {
    get current() {
      return getHost();
    },
  };
};
