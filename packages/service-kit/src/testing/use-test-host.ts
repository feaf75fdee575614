import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openTestHost, type TestHost, type TestHostOptions } from './test-host.ts';

type Lazy = { readonly current: TestHost };

/**
 * Opens one host for the tests of a file. A test fails when a route sends a response that its contract does not declare, or a
 * query has no tenant or no index. With `covers`, the file fails when no test causes a declared status of that operation.
 */
export const useTestHost = (open: () => Promise<TestHostOptions>, covers: { readonly covers?: string } = {}): Lazy => {
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
      if (covers.covers !== undefined) expect(getHost().unseenStatuses(covers.covers)).toEqual([]);
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
