import type { Api, CallOptions } from '@plinth/service-actions';
import { infiniteQueryOptions } from '@plinth/service-actions/react-query';
import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryOptions,
  useInfiniteQuery,
} from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useSession } from '../session/session.ts';
import { Button } from './button.tsx';
import { ProblemNotice } from './problem.tsx';
import { type Column, ResourceTable } from './resource-table.tsx';

/** A page. Lists without paging have no cursor. */
type Page<I> = { readonly items: readonly I[]; readonly nextCursor?: string | null };

/** An action that lists items of one type. */
export type ListAction<I> = {
  (
    api: Api,
    input: never,
    options?: CallOptions,
  ): Promise<{ ok: true; data: Page<I> } | { ok: false; problem: object }>;
  readonly route: string;
  readonly domain: string;
};

type PagesOptions<I> = UseInfiniteQueryOptions<Page<I>, Error, InfiniteData<Page<I>>, readonly unknown[], unknown>;

/** `infiniteQueryOptions`, typed for any list. */
const toPagesOptions = infiniteQueryOptions as unknown as <I>(
  action: ListAction<I>,
  api: Api,
  input: object,
) => PagesOptions<I>;

type Props<I> = {
  readonly title: string;
  readonly action: ListAction<I>;
  readonly input: object;
  readonly columns: readonly Column<I>[];
  readonly empty: ReactNode;
};

/** A table of a list, page by page. */
export const PagedTable = <I extends { readonly id: string }>({ title, action, input, columns, empty }: Props<I>) => {
  const { api } = useSession();
  const { data, error, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...toPagesOptions(action, api, input),
    placeholderData: keepPreviousData,
  });
  const items = data?.pages.flatMap((page) => page.items);
  if (error) return <ProblemNotice error={error} />;
  return (
    <>
      <ResourceTable title={title} columns={columns} items={items} isStale={isPlaceholderData} empty={empty} />
      <div className="mt-3 flex h-8 items-center gap-3 text-muted">
        {items && items.length > 0 && <p aria-live="polite">{`${items.length} shown`}</p>}
        {hasNextPage && (
          <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Load more
          </Button>
        )}
      </div>
    </>
  );
};
