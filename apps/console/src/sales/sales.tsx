import type { SalesOfDay } from '@plinth/dtos/orders';
import { getSalesSummary } from '@plinth/service-actions/orders';
import { queryOptions } from '@plinth/service-actions/react-query';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useId } from 'react';
import type { z } from 'zod';
import { useSession } from '../session/session.ts';
import { CopyCall } from '../ui/copy-call.tsx';
import { addMoney, formatMoney } from '../ui/money.ts';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemNotice } from '../ui/problem.tsx';
import { type Column, ResourceTable } from '../ui/resource-table.tsx';
import { Select } from '../ui/select.tsx';
import { buttonStyles, cardStyle } from '../ui/styles.ts';

const periods = ['7', '30', '90', '365'];
const dayMs = 86_400_000;

/** Returns a period of whole days in UTC, which ends with today. */
const toPeriod = (days: number) => {
  const end = Math.ceil((Date.now() + 1) / dayMs) * dayMs;
  return { from: new Date(end - days * dayMs).toISOString(), to: new Date(end).toISOString() };
};

type Day = z.infer<typeof SalesOfDay>;

type Row = Day & { readonly id: string };

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

const columns: readonly Column<Row>[] = [
  { label: 'Day', render: ({ day: value }) => day.format(new Date(value)) },
  { label: 'Orders', render: ({ orders }) => orders, isNumber: true, width: 'w-18 sm:w-24' },
  { label: 'Total', render: ({ total }) => formatMoney(total), isNumber: true, width: 'w-28 sm:w-36' },
  { label: 'Paid', render: ({ paid }) => formatMoney(paid), isNumber: true, from: 'sm', width: 'sm:w-36' },
  { label: 'Refunded', render: ({ refunded }) => formatMoney(refunded), isNumber: true, from: 'md', width: 'md:w-36' },
];

const amounts = ['total', 'paid', 'refunded'] as const;
const amountNames = { total: 'Total', paid: 'Paid', refunded: 'Refunded' } as const;

/** The sums of the period in each currency. */
const Sums = ({ items }: { readonly items: readonly Day[] }) => (
  <div className="mb-4 grid gap-3">
    {[...Map.groupBy(items, ({ total }) => total.currency)].map(([currency, days]) => (
      <dl key={currency} className={`${cardStyle} grid grid-cols-2 gap-4 p-4 sm:grid-cols-4`}>
        <div>
          <dt className="text-xs text-muted">{`Orders in ${currency}`}</dt>
          <dd className="text-lg font-semibold tabular-nums">{days.reduce((sum, { orders }) => sum + orders, 0)}</dd>
        </div>
        {amounts.map((name) => (
          <div key={name}>
            <dt className="text-xs text-muted">{amountNames[name]}</dt>
            <dd className="text-lg font-semibold tabular-nums">
              {formatMoney(
                addMoney(
                  days.map((item) => item[name]),
                  currency,
                ),
              )}
            </dd>
          </div>
        ))}
      </dl>
    ))}
  </div>
);

const SumsSkeleton = () => <div aria-busy="true" className={`${cardStyle} mb-4 h-32 animate-pulse sm:h-21`} />;

type PeriodProps = { readonly days: string; readonly onChange: (days: string) => void };

const Period = ({ days, onChange }: PeriodProps) => {
  const id = useId();
  return (
    <div className="mb-4 grid w-40 gap-1">
      <label htmlFor={id} className="text-xs text-muted">
        Period
      </label>
      <Select
        id={id}
        value={days}
        options={periods.map((period) => [period, `Last ${period} days`] as const)}
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  );
};

const Empty = () => (
  <>
    <p>No orders were placed in this period.</p>
    <Link to="/orders" className={buttonStyles.secondary}>
      All orders
    </Link>
  </>
);

export const Sales = () => {
  const { api } = useSession();
  const navigate = useNavigate();
  const { days } = useSearch({ strict: false }) as { readonly days?: string };
  const chosen = days !== undefined && periods.includes(days) ? days : '30';
  const query = toPeriod(Number(chosen));
  const { data, error, isPlaceholderData } = useQuery({
    ...queryOptions(getSalesSummary, api, { query }),
    placeholderData: keepPreviousData,
  });
  const rows = data?.items.map((item) => ({ ...item, id: `${item.day} ${item.total.currency}` })).toReversed();
  return (
    <>
      <PageHeader title="Sales">
        <CopyCall getCall={() => ({ action: getSalesSummary, input: { query } })} />
      </PageHeader>
      <Period
        days={chosen}
        onChange={(value) => void navigate({ to: '.', search: { days: value } as never, replace: true })}
      />
      {error ? (
        <ProblemNotice error={error} />
      ) : (
        <>
          {data ? <Sums items={data.items} /> : <SumsSkeleton />}
          <ResourceTable
            title="Sales by day"
            columns={columns}
            items={rows}
            isStale={isPlaceholderData}
            empty={<Empty />}
          />
        </>
      )}
      <p className="mt-3 text-xs text-muted">
        Orders count on the day they were placed, in UTC. Cancelled orders are included.
      </p>
    </>
  );
};
