import type { Order } from '@plinth/dtos/orders';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { addMoney, formatMoney } from '../ui/money.ts';
import { cardStyle, linkStyle } from '../ui/styles.ts';

const Lines = ({ lines }: { readonly lines: Order['lines'] }) =>
  lines.map(({ productId, sku, name, quantity, shipped, price, total }) => (
    <tr key={productId} className="border-t border-line">
      <td className="px-4 py-2.5 break-words">
        <Link to="/products/$id" params={{ id: productId }} className={linkStyle}>
          {name}
        </Link>
        <span className="block text-xs text-muted">{sku}</span>
        <span className="block text-xs text-muted sm:hidden">{`${quantity} × ${formatMoney(price)}, ${shipped} shipped`}</span>
      </td>
      <td className="px-4 text-end tabular-nums max-sm:hidden">{quantity}</td>
      <td className="px-4 text-end tabular-nums max-sm:hidden">{shipped}</td>
      <td className="px-4 text-end tabular-nums max-sm:hidden">{formatMoney(price)}</td>
      <td className="px-4 text-end tabular-nums">{formatMoney(total)}</td>
    </tr>
  ));

type SumProps = { readonly label: ReactNode; readonly isStrong?: boolean; readonly children: ReactNode };

const Sum = ({ label, isStrong = false, children }: SumProps) => (
  <div className={`flex justify-between gap-4 ${isStrong ? 'border-t border-line pt-2 font-semibold' : ''}`}>
    <dt className={`min-w-0 break-words ${isStrong ? '' : 'text-muted'}`}>{label}</dt>
    <dd className="shrink-0 tabular-nums">{children}</dd>
  </div>
);

/** The way from the subtotal to the total, with each pricing rule, and what has been paid. */
const Sums = ({ order }: { readonly order: Order }) => {
  const { subtotal, shipping, total, paid, refunded, appliedRules } = order;
  const isFreeShipping = ({ kind }: Order['appliedRules'][number]): boolean => kind === 'free-shipping';
  const freed = appliedRules.filter(isFreeShipping);
  const fee = addMoney([shipping, ...freed.map(({ amount }) => amount)], shipping.currency);
  const toRow = ({ ruleId, name, amount }: Order['appliedRules'][number]) => (
    <Sum key={ruleId} label={name}>{`−${formatMoney(amount)}`}</Sum>
  );
  return (
    <dl className="ms-auto grid gap-2 border-t border-line p-4 sm:max-w-96">
      <Sum label="Subtotal">{formatMoney(subtotal)}</Sum>
      {appliedRules.filter((rule) => !isFreeShipping(rule)).map(toRow)}
      <Sum label="Shipping">{formatMoney(fee)}</Sum>
      {freed.map(toRow)}
      <Sum label="Total" isStrong>
        {formatMoney(total)}
      </Sum>
      <Sum label="Paid">{formatMoney(paid)}</Sum>
      <Sum label="Refunded">{formatMoney(refunded)}</Sum>
    </dl>
  );
};

const columns = ['Quantity', 'Shipped', 'Price'] as const;

/** The lines of an order, and its amounts below them. */
export const OrderLines = ({ order }: { readonly order: Order }) => (
  <section aria-label="Lines" className={cardStyle}>
    <table className="w-full">
      <thead>
        <tr className="h-9 text-xs text-muted">
          <th scope="col" className="px-4 text-start font-medium">
            Product
          </th>
          {columns.map((column) => (
            <th key={column} scope="col" className="w-20 px-4 text-end font-medium max-sm:hidden">
              {column}
            </th>
          ))}
          <th scope="col" className="w-28 px-4 text-end font-medium">
            Total
          </th>
        </tr>
      </thead>
      <tbody>
        <Lines lines={order.lines} />
      </tbody>
    </table>
    <Sums order={order} />
  </section>
);
