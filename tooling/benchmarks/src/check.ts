import { deepStrictEqual } from 'node:assert/strict';
import type { Dataset } from './data.ts';
import type { Server, ServerName } from './servers.ts';

type Headers = Readonly<Record<string, string>>;
type Item = { readonly id: string };
type Page = { readonly items: readonly Item[]; readonly nextCursor: string | null };

export type Target = { readonly name: ServerName; readonly server: Server; readonly headers: Headers };

const fetchTimeoutMs = 5000;

const ask = async ({ server, headers }: Target, path: string): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers, signal: AbortSignal.timeout(fetchTimeoutMs) });

const bodyOf = async <T>(target: Target, path: string): Promise<T> => {
  const answer = await ask(target, path);
  if (answer.status === 200) return (await answer.json()) as T;
  throw new Error(`${target.name} answered ${answer.status} to ${path}: ${await answer.text()}`);
};

const assertStatus = async (target: Target, { path, status }: { path: string; status: number }): Promise<void> => {
  const answer = await ask(target, path);
  await answer.arrayBuffer();
  if (answer.status !== status) throw new Error(`${target.name} answered ${answer.status} to ${path}, not ${status}.`);
};

/** The newest forty, as two pages. */
const pagesOf = async (target: Target, { ids }: Dataset): Promise<readonly Item[]> => {
  const first = await bodyOf<Page>(target, '/v1/users?limit=20');
  const second = await bodyOf<Page>(target, `/v1/users?limit=20&cursor=${encodeURIComponent(first.nextCursor ?? '')}`);
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
export const assertSameWork = async (targets: readonly Target[], dataset: Dataset): Promise<void> => {
  const seen = await Promise.all(
    targets.map(async (target) => {
      await assertStatus(target, { path: `/v1/users/${dataset.foreignId}`, status: 404 });
      if (target.name === 'platform') {
        const path = `/v1/users/${dataset.ids[0]}`;
        await assertStatus({ ...target, headers: {} }, { path, status: 401 });
      }
      const some = [0, 7, dataset.ids.length - 1].map((at) => bodyOf<Item>(target, `/v1/users/${dataset.ids[at]}`));
      return { users: await Promise.all(some), page: await pagesOf(target, dataset) };
    }),
  );
  for (const one of seen.slice(1)) deepStrictEqual(one, seen[0], 'The servers answer with different JSON.');
};
