import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Callable } from '../api/can.ts';
import { operations } from '../api/operations.ts';
import { Button } from './button.tsx';
import { CopyCall } from './copy-call.tsx';
import { ListFilters } from './list-filters.tsx';
import { hasFilter, type ListQuery, toListQuery } from './list-query.ts';
import { PageHeader } from './page-header.tsx';
import { type ListAction, PagedTable } from './paged-table.tsx';
import type { Column } from './resource-table.tsx';

type Props<I> = {
  readonly title: string;
  readonly action: ListAction<I>;
  /** Finds items by words, in place of `action`. */
  readonly search?: ListAction<I>;
  readonly columns: readonly Column<I>[];
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  /** The text and the next step where nothing is listed, without filters. */
  readonly empty: ReactNode;
};

const emptySpec = { filters: {}, ranges: {}, combinations: [] };

/** Returns the filters of a list with those of its search. */
const getSpec = (action: Callable, search: Callable | undefined) => {
  const list = operations[action.route]?.list ?? emptySpec;
  const words = (search && operations[search.route]?.list) ?? emptySpec;
  return {
    ...list,
    filters: { ...words.filters, ...list.filters },
    combinations: [...list.combinations, ...words.combinations],
  };
};

/** The screen of a list: filters and sorts by the contract, columns by the screen, pages by cursor. */
export const ResourceList = <I extends { readonly id: string }>(props: Props<I>) => {
  const { title, action, search, columns, actions, empty } = props;
  const spec = getSpec(action, search);
  const query = toListQuery(spec, useSearch({ strict: false }));
  const navigate = useNavigate();
  const show = (next: ListQuery): void => void navigate({ to: '.', search: next as never, replace: true });
  const current = search && query['text'] ? search : action;
  return (
    <>
      <PageHeader title={title}>
        <CopyCall getCall={() => ({ action: current, input: { query } })} />
        {actions}
      </PageHeader>
      <ListFilters spec={spec} query={query} onChange={show} />
      <div className="mt-4">
        <PagedTable
          title={title}
          action={current}
          input={{ query }}
          columns={columns}
          empty={hasFilter(spec, query) ? <NoMatch onClear={() => show({})} /> : empty}
        />
      </div>
    </>
  );
};

const NoMatch = ({ onClear }: { readonly onClear: () => void }) => (
  <>
    <p>Nothing matches these filters.</p>
    <Button onClick={onClear}>Clear the filters</Button>
  </>
);
