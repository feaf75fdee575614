import type { RouteSpec } from '@plinth/contract-kit';
import type {
  DataTag,
  InfiniteData,
  UnusedSkipTokenInfiniteOptions,
  UnusedSkipTokenOptions,
} from '@tanstack/react-query';
import {
  type Action,
  type Api,
  type CallInput,
  type CallOptions,
  type DataOf,
  type ProblemError,
  type ProblemOf,
  unwrap,
} from '../core/index.ts';
import { type QueryKey, toKey } from './keys.ts';

/** A route that is read: a GET whose response is not a stream. */
export type ReadRoute = RouteSpec & { readonly method: 'GET'; readonly stream?: never };

/** The error of a query or mutation. `error.problem.code` narrows as that of a call. */
export type ErrorOf<R extends RouteSpec> = ProblemError<ProblemOf<R>>;

/** A page of a list. */
type Page = { readonly items: readonly unknown[]; readonly nextCursor: string | null };

/** The input of a query. It may be left out where none of it is required. */
export type QueryArguments<R extends RouteSpec> =
  Record<never, never> extends CallInput<R> ? [input?: CallInput<R>] : [input: CallInput<R>];

export type QueryOptionsOf<R extends RouteSpec> = UnusedSkipTokenOptions<DataOf<R>, ErrorOf<R>, DataOf<R>, QueryKey> & {
  readonly queryKey: DataTag<QueryKey, DataOf<R>, ErrorOf<R>>;
};

export type InfiniteQueryOptionsOf<R extends RouteSpec> = UnusedSkipTokenInfiniteOptions<
  DataOf<R>,
  ErrorOf<R>,
  InfiniteData<DataOf<R>, string | undefined>,
  QueryKey,
  string | undefined
> & { readonly queryKey: DataTag<QueryKey, InfiniteData<DataOf<R>, string | undefined>, ErrorOf<R>> };

/** An action whatever its route, because its input is checked where the options are created. */
type AnyAction = (api: Api, input: unknown, options: CallOptions) => Promise<never>;

const run = (action: unknown, api: Api, input: unknown) => (options: CallOptions) =>
  unwrap((action as AnyAction)(api, input, options));

/** The client itself repeats what may be repeated. */
const retry = false;

/** Creates the options of a read, for `useQuery`, `useSuspenseQuery` and `prefetchQuery`. */
export const queryOptions = <R extends RouteSpec>(
  action: R extends ReadRoute ? Action<R> : never,
  api: Api,
  ...[input = {} as CallInput<R>]: QueryArguments<R>
): QueryOptionsOf<R> => {
  const queryFn = ({ signal }: { readonly signal: AbortSignal }) => run(action, api, input)({ signal });
  return { queryKey: toKey(action, input), queryFn, retry } as unknown as QueryOptionsOf<R>;
};

type InfiniteContext = { readonly signal: AbortSignal; readonly pageParam: string | undefined };

/** Creates the options of a list that is read page by page, for `useInfiniteQuery`. */
export const infiniteQueryOptions = <R extends ReadRoute & { readonly query: unknown }>(
  action: DataOf<R> extends Page ? Action<R> : never,
  api: Api,
  ...[input = {} as CallInput<R>]: QueryArguments<R>
): InfiniteQueryOptionsOf<R> => {
  const { query } = input as { readonly query?: object };
  const queryFn = ({ signal, pageParam: cursor }: InfiniteContext) =>
    run(action, api, { ...input, query: { ...query, cursor } })({ signal });
  return {
    // A page and a list of pages are different data.
    queryKey: [...toKey(action as Action<R>, input), 'pages'],
    queryFn,
    initialPageParam: undefined,
    getNextPageParam: ({ nextCursor }: Page) => nextCursor ?? undefined,
    retry,
  } as unknown as InfiniteQueryOptionsOf<R>;
};
