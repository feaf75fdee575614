import type { ReactNode } from 'react';

/** A column of a list. */
export type Column<I> = {
  readonly label: string;
  readonly render: (item: I) => ReactNode;
  /** Numbers are aligned to the right. */
  readonly isNumber?: boolean;
  /** Hides the column on narrower screens. */
  readonly from?: 'sm' | 'md' | 'lg';
  /** The share of the width, as a class such as `w-1/3`. */
  readonly width?: string;
};

const shownFrom = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden' } as const;

const toClass = <I,>({ isNumber, from, width = '' }: Column<I>): string =>
  `px-3 ${isNumber ? 'text-end tabular-nums' : 'text-start'} ${from ? shownFrom[from] : ''} ${width}`;

type Props<I> = {
  readonly title: string;
  readonly columns: readonly Column<I>[];
  /** Undefined while they are being read. */
  readonly items: readonly I[] | undefined;
  /** The items are those of other filters. */
  readonly isStale?: boolean;
  readonly empty: ReactNode;
};

const skeletonRows = 8;

const Skeleton = <I,>({ columns }: { readonly columns: readonly Column<I>[] }) =>
  Array.from({ length: skeletonRows }, (_, row) => (
    <tr key={row} className="h-12 border-t border-line first:border-0">
      {columns.map((column) => (
        <td key={column.label} className={toClass(column)}>
          <div className="h-3 w-2/3 animate-pulse rounded bg-hover" />
        </td>
      ))}
    </tr>
  ));

/** A table with rows of one height, so that nothing moves when the items arrive. The link of a row covers all of it. */
export const ResourceTable = <I extends { readonly id: string }>({
  title,
  columns,
  items,
  isStale,
  empty,
}: Props<I>) => {
  if (items?.length === 0) {
    return (
      <div className="grid justify-items-center gap-3 rounded-lg border border-dashed border-line px-4 py-14 text-center text-muted">
        {empty}
      </div>
    );
  }
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <table aria-label={title} aria-busy={!items} className="w-full table-fixed">
        <thead>
          <tr className="h-9 border-b border-line text-xs text-muted">
            {columns.map((column) => (
              <th key={column.label} scope="col" className={`${toClass(column)} font-medium`}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className={isStale ? 'opacity-50 transition-opacity' : ''}>
          {items ? (
            items.map((item) => (
              <tr key={item.id} className="relative h-12 border-t border-line first:border-0 hover:bg-hover">
                {columns.map((column) => (
                  <td key={column.label} className={`${toClass(column)} truncate`}>
                    {column.render(item)}
                  </td>
                ))}
              </tr>
            ))
          ) : (
            <Skeleton columns={columns} />
          )}
        </tbody>
      </table>
    </div>
  );
};
