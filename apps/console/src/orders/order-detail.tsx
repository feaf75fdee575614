import type { Order } from '@plinth/dtos/orders';
import { getOrder } from '@plinth/service-actions/orders';
import { queryOptions } from '@plinth/service-actions/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyCall } from '../ui/copy-call.tsx';
import { Facts, FactsSkeleton, IdValue } from '../ui/facts.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemPage } from '../ui/problem.tsx';
import { cardStyle, linkStyle } from '../ui/styles.ts';
import { Time } from '../ui/time.tsx';
import { UserLink } from '../ui/user-link.tsx';
import { toOrderNumber } from './columns.tsx';
import { LifecycleDrawing } from './lifecycle-drawing.tsx';
import { OrderHistory } from './order-history.tsx';
import { OrderLines } from './order-lines.tsx';
import { OrderSteps } from './order-steps.tsx';

const Address = ({ address }: { readonly address: Order['shippingAddress'] }) => {
  const { recipient, street, postalCode, city, country } = address;
  const lines = [recipient, street, [postalCode, city].filter(Boolean).join(' '), country];
  return <address className="whitespace-pre-line not-italic">{lines.join('\n')}</address>;
};

const Customer = ({ order: { customer, customerErasedAt } }: { readonly order: Order }) => {
  if (customerErasedAt !== undefined) return <>Erased user</>;
  return 'reference' in customer ? <>{customer.reference}</> : <UserLink id={customer.userId} />;
};

const OrderFacts = ({ order }: { readonly order: Order }) => (
  <Facts
    rows={[
      ['Customer', <Customer key="customer" order={order} />],
      ['Ship to', <Address key="address" address={order.shippingAddress} />],
      [
        'Note',
        <span key="note" className="whitespace-pre-line">
          {order.note ?? '—'}
        </span>,
      ],
      ['Placed', <Time key="placed" value={order.createdAt} />],
      ['Last change', <Time key="changed" value={order.updatedAt} />],
      ['Id', <IdValue key="id" id={order.id} />],
    ]}
  />
);

/** Takes the place of an order while it is being read, with its height at each width. */
const Skeleton = () => (
  <div aria-busy="true" className="grid gap-4">
    <div className={`${cardStyle} h-26 animate-pulse lg:h-145 xl:h-83`} />
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className={`${cardStyle} h-88 animate-pulse`} />
      <FactsSkeleton rows={9} />
    </div>
  </div>
);

const Content = ({ order }: { readonly order: Order }) => (
  <div className="grid gap-4">
    <section aria-labelledby="steps" className={`${cardStyle} p-4`}>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 id="steps" className="font-semibold">
          Next steps
        </h2>
        <OrderSteps order={order} />
      </div>
      <LifecycleDrawing status={order.status} />
    </section>
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <OrderLines order={order} />
      <OrderFacts order={order} />
    </div>
  </div>
);

export const OrderDetail = () => {
  const { api } = useSession();
  const { id } = useParams({ from: '/orders/$id' });
  const { data, error, refetch } = useQuery(queryOptions(getOrder, api, { id }));
  if (error) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader
        title={`Order ${toOrderNumber(id)}`}
        mark={data && <StatusBadge status={data.status} />}
        above={
          <Link to="/orders" className={linkStyle}>
            Orders
          </Link>
        }
      >
        <CopyCall getCall={() => ({ action: getOrder, input: { id } })} />
      </PageHeader>
      {data ? <Content order={data} /> : <Skeleton />}
      <OrderHistory id={id} />
    </>
  );
};
