import { deepStrictEqual } from 'node:assert/strict';
import type { Dataset } from './data.ts';
import { ask, type Target } from './requests.ts';

type Item = { readonly id: string };
type Page = { readonly items: readonly Item[]; readonly nextCursor: string | null };

const definePage = async (target: Target, path: string): Promise<Page> =>
  (await ask(target, { path, status: 200 })) as Page;

/** The newest forty, as two pages. */
const pagesOf = async (target: Target, { ids }: Dataset): Promise<readonly Item[]> => {
  const first = await definePage(target, '/v1/users?limit=20');
  const second = await definePage(target, `/v1/users?limit=20&cursor=${encodeURIComponent(first.nextCursor ?? '')}`);
  const items = [...first.items, ...second.items];
  const newest = ids.slice(-40).toReversed();
  deepStrictEqual(
    items.map(({ id }) => id),
    newest,
    `${target.name} does not list the newest in order.`,
  );
  return items;
};

/**
 * Makes sure that what will be timed is the same work: the same JSON for the same ids, nothing of other tenants,
 * and no answer of the platform without a credential.
 */
export const assertSameReads = async (targets: readonly Target[], dataset: Dataset): Promise<void> => {
  const seen = await Promise.all(
    targets.map(async (target) => {
      await ask(target, { path: `/v1/users/${dataset.foreignId}`, status: 404 });
      if (target.name === 'platform') {
        await ask({ ...target, headers: {} }, { path: `/v1/users/${dataset.ids[0]}`, status: 401 });
      }
      const some = [0, 7, dataset.ids.length - 1].map((at) => `/v1/users/${dataset.ids[at]}`);
      const users = await Promise.all(some.map((path) => ask(target, { path, status: 200 })));
      return { users, page: await pagesOf(target, dataset) };
    }),
  );
  for (const one of seen.slice(1)) deepStrictEqual(one, seen[0], 'The servers answer with different JSON.');
};
