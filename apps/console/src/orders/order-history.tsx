import type { OrderHistoryEntry } from '@plinth/dtos/orders';
import { listOrderHistory } from '@plinth/service-actions/orders';
import { infiniteQueryOptions } from '@plinth/service-actions/react-query';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSession } from '../session/session.ts';
import { Actor } from '../ui/actor.tsx';
import { toLabel } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { ChangedFields } from '../ui/changed-fields.tsx';
import { listChangedFields } from '../ui/changes.ts';
import { CopyCall } from '../ui/copy-call.tsx';
import { ProblemNotice } from '../ui/problem.tsx';
import { cardStyle } from '../ui/styles.ts';
import { Time } from '../ui/time.tsx';

const Entry = ({ entry }: { readonly entry: OrderHistoryEntry }) => {
  const { action, actor, createdAt, before, after } = entry;
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="font-medium">{toLabel(action.replace('orders.', ''))}</h3>
        <p className="flex flex-wrap gap-x-2 text-xs text-muted">
          <Actor actor={actor} />
          <Time value={createdAt} />
        </p>
      </div>
      {/* The fields of a new order are those of the page. */}
      {before && <ChangedFields fields={listChangedFields(before, after)} />}
    </li>
  );
};

/** The changes of an order, the newest first. */
export const OrderHistory = ({ id }: { readonly id: string }) => {
  const { api } = useSession();
  const input = { id };
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    infiniteQueryOptions(listOrderHistory, api, input),
  );
  const entries = data?.pages.flatMap(({ items }) => items);
  return (
    <section aria-labelledby="history" className="mt-8 max-w-3xl">
      <div className="mb-3 flex items-center justify-between gap-2">
        <h2 id="history" className="font-semibold">
          History
        </h2>
        <CopyCall getCall={() => ({ action: listOrderHistory, input })} />
      </div>
      {error && <ProblemNotice error={error} />}
      {entries?.length === 0 && <p className="text-muted">No change of this order has been recorded yet.</p>}
      {!data && !error && <div aria-busy="true" className={`${cardStyle} h-40 animate-pulse`} />}
      {entries && entries.length > 0 && (
        <ol aria-label="Changes" className={`${cardStyle} divide-y divide-line`}>
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
      {hasNextPage && (
        <Button className="mt-3" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Load more
        </Button>
      )}
    </section>
  );
};
