import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openTestHost, type TestHost, type TestHostOptions } from './test-host.ts';

type Lazy = { readonly current: TestHost };

/**
 * One host for the tests of a file. A test during which a route answered what its contract does not declare, or a
 * query went without tenant or index, fails. With `covers`, so does the file when a declared status of that
 * operation has no case.
 */
export const useTestHost = (open: () => Promise<TestHostOptions>, covers: { readonly covers?: string } = {}): Lazy => {
  let host: TestHost | undefined;
  const current = (): TestHost => {
    if (!host) throw new TypeError('The test host is there from the first test on, not while tests are declared.');
    return host;
  };
  beforeAll(async () => {
    host = await openTestHost(await open());
  });
  afterEach(async () => {
    expect(await current().faults()).toEqual([]);
  });
  afterAll(async () => {
    try {
      if (covers.covers !== undefined) expect(current().unseenStatuses(covers.covers)).toEqual([]);
    } finally {
      await current().close();
    }
  });
  return {
    get current() {
      return current();
    },
  };
};
