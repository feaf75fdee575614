import type { RouteSpec } from '@plinth/contract-kit';
import type { QueryClient, UseMutationOptions } from '@tanstack/react-query';
import { type Action, type AnyFailure, type Api, type CallInput, type DataOf, unwrap } from '../core/index.ts';
import { type QueryKey, toKey } from './keys.ts';
import type { ErrorOf, ReadRoute } from './queries.ts';

/** A change of cached data, before the API has made it. */
export type OptimisticChange = { readonly queryKey: QueryKey; readonly change: (data: never) => unknown };

/** Describes the change of one cached read. It is skipped when the read is not cached. */
export const changeQuery = <R extends ReadRoute>(
  action: Action<R>,
  input: CallInput<R>,
  change: (data: DataOf<R>) => DataOf<R>,
): OptimisticChange => ({ queryKey: toKey(action, input), change });

/** The data of cached reads before an optimistic change. */
type Snapshot = readonly (readonly [QueryKey, unknown])[];

export type MutationOptions<R extends RouteSpec> = {
  /** Changes that the page shows immediately. They are taken back when the call fails, as with a 412. */
  readonly optimistic?: (input: CallInput<R>) => readonly OptimisticChange[];
};

export type MutationOptionsOf<R extends RouteSpec> = UseMutationOptions<DataOf<R>, ErrorOf<R>, CallInput<R>, Snapshot>;

const applyChanges = async (client: QueryClient, changes: readonly OptimisticChange[]): Promise<Snapshot> => {
  // A read that is under way would overwrite the change with older data.
  await Promise.all(changes.map(({ queryKey }) => client.cancelQueries({ queryKey, exact: true })));
  return changes.flatMap(({ queryKey, change }) => {
    const data = client.getQueryData(queryKey);
    if (data === undefined) return [];
    client.setQueryData(queryKey, change(data as never));
    return [[queryKey, data] as const];
  });
};

/**
 * Creates the options of a change, for `useMutation`. Afterwards, all reads of the domain are read again, because a change may
 * affect several of its resources: an order takes items from the stock of products.
 */
export const mutationOptions = <R extends RouteSpec>(
  action: Action<R>,
  api: Api,
  { optimistic }: MutationOptions<R> = {},
): MutationOptionsOf<R> => {
  const call = action as unknown as (api: Api, input: unknown) => Promise<{ ok: true; data: DataOf<R> } | AnyFailure>;
  const mutationKey = [action.domain, action.route];
  return {
    mutationKey,
    mutationFn: (input) => unwrap(call(api, input)),
    onMutate: (input, { client }) => applyChanges(client, optimistic?.(input) ?? []),
    // oxlint-disable-next-line max-params -- the signature is that of TanStack Query
    onError: (_error, _input, snapshot, { client }) => {
      for (const [queryKey, data] of snapshot ?? []) client.setQueryData(queryKey, data);
    },
    // oxlint-disable-next-line max-params -- the signature is that of TanStack Query
    onSettled: async (_data, _error, _input, _snapshot, { client }) => {
      const domain = [action.domain];
      // The last of several changes reads, or the page would show the first of them alone for a moment.
      if (client.isMutating({ mutationKey: domain }) > 1) return;
      await client.invalidateQueries({ queryKey: domain });
    },
  };
};
