import type { Product, StockMovement } from '@plinth/dtos/orders';
import { Link } from '@tanstack/react-router';
import { StatusBadge } from '../ui/badge.tsx';
import { formatMoney } from '../ui/money.ts';
import type { Column } from '../ui/resource-table.tsx';
import { Time } from '../ui/time.tsx';
import { UserLink } from '../ui/user-link.tsx';

const count = new Intl.NumberFormat('en');

export const formatCount = (value: number): string => count.format(value);

const Stock = ({ value }: { readonly value: number }) =>
  value === 0 ? <span className="text-danger-text">Out of stock</span> : formatCount(value);

export const productColumns: readonly Column<Product>[] = [
  {
    label: 'Name',
    render: ({ id, name, sku, stock, status }) => (
      <>
        <Link to="/products/$id" params={{ id }} className="font-medium after:absolute after:inset-0">
          {name}
        </Link>
        <span className="block truncate text-xs text-muted sm:hidden">
          {status === 'archived' ? 'Archived' : `${formatCount(stock)} in stock`}
        </span>
        <span className="block truncate text-xs text-muted max-sm:hidden md:hidden">{sku}</span>
      </>
    ),
  },
  { label: 'SKU', render: ({ sku }) => sku, from: 'md', width: 'md:w-48' },
  { label: 'Price', render: ({ price }) => formatMoney(price), isNumber: true, width: 'w-28' },
  { label: 'Stock', render: ({ stock }) => <Stock value={stock} />, isNumber: true, from: 'sm', width: 'sm:w-32' },
  { label: 'Status', render: ({ status }) => <StatusBadge status={status} />, from: 'sm', width: 'sm:w-32' },
  { label: 'Added', render: ({ createdAt }) => <Time value={createdAt} />, from: 'lg', width: 'lg:w-36' },
];

export const movementColumns: readonly Column<StockMovement>[] = [
  { label: 'Reason', render: ({ reason }) => <span title={reason}>{reason}</span> },
  { label: 'Items', render: ({ quantity }) => `+${formatCount(quantity)}`, isNumber: true, width: 'w-18 sm:w-24' },
  { label: 'By', render: ({ createdBy }) => <UserLink id={createdBy} />, from: 'sm', width: 'sm:w-48' },
  { label: 'When', render: ({ createdAt }) => <Time value={createdAt} />, width: 'w-26 sm:w-32' },
];
