import type { OrderSummary } from '@plinth/dtos/orders';
import { Link } from '@tanstack/react-router';
import { StatusBadge } from '../ui/badge.tsx';
import { formatMoney } from '../ui/money.ts';
import type { Column } from '../ui/resource-table.tsx';
import { Time } from '../ui/time.tsx';

/** The last digits of the id, which differ even between orders placed at the same moment. */
export const toOrderNumber = (id: string): string => id.slice(-8);

const toCustomer = ({ customer, customerErasedAt }: OrderSummary): string => {
  if (customerErasedAt !== undefined) return 'Erased user';
  return 'reference' in customer ? customer.reference : `User ${customer.userId.slice(-6)}`;
};

export const orderColumns: readonly Column<OrderSummary>[] = [
  {
    label: 'Customer',
    render: (order) => (
      <>
        <Link to="/orders/$id" params={{ id: order.id }} className="font-medium after:absolute after:inset-0">
          {toCustomer(order)}
        </Link>
        <span className="block truncate text-xs text-muted md:hidden">
          <span className="sm:hidden">{`${formatMoney(order.total)} · `}</span>
          <Time value={order.createdAt} />
        </span>
      </>
    ),
  },
  {
    label: 'Order',
    render: ({ id }) => <code className="font-mono text-xs text-muted">{toOrderNumber(id)}</code>,
    from: 'lg',
    width: 'lg:w-32',
  },
  { label: 'Placed', render: ({ createdAt }) => <Time value={createdAt} />, from: 'md', width: 'md:w-36' },
  { label: 'Total', render: ({ total }) => formatMoney(total), isNumber: true, from: 'sm', width: 'sm:w-32' },
  { label: 'Status', render: ({ status }) => <StatusBadge status={status} />, width: 'w-34 sm:w-36' },
];
