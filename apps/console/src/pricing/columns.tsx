import type { PricingRule } from '@plinth/dtos/orders';
import { StatusBadge, toLabel } from '../ui/badge.tsx';
import { formatMoney } from '../ui/money.ts';
import type { Column } from '../ui/resource-table.tsx';
import { Time } from '../ui/time.tsx';
import { DisableOrEnable } from './rule-changes.tsx';

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 });

/** `15% off`, `€5.00 off`, `Free shipping`. */
const toEffect = ({ effect, currency }: PricingRule): string => {
  if (effect.kind === 'free-shipping') return toLabel(effect.kind);
  const { discount } = effect;
  const size =
    'amount' in discount
      ? formatMoney({ amount: discount.amount, currency })
      : percent.format(discount.basisPoints / 10_000);
  return `${size} off`;
};

const toKind = ({ effect }: PricingRule): string =>
  effect.kind === 'voucher' ? `Voucher ${effect.code}` : toLabel(effect.kind);

export const ruleColumns: readonly Column<PricingRule>[] = [
  {
    label: 'Name',
    render: (rule) => (
      <>
        <span className="font-medium">{rule.name}</span>
        <span className="block truncate text-xs text-muted md:hidden">{toEffect(rule)}</span>
      </>
    ),
  },
  { label: 'Kind', render: toKind, from: 'md', width: 'md:w-44' },
  { label: 'Effect', render: toEffect, from: 'md', width: 'md:w-32' },
  { label: 'Currency', render: ({ currency }) => currency, from: 'lg', width: 'lg:w-24' },
  { label: 'Added', render: ({ createdAt }) => <Time value={createdAt} />, from: 'lg', width: 'lg:w-32' },
  { label: 'Status', render: ({ status }) => <StatusBadge status={status} />, width: 'w-26' },
  { label: 'Change', render: (rule) => <DisableOrEnable rule={rule} />, isNumber: true, width: 'w-28' },
];
