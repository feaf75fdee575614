import { type ComponentProps, useEffect, useId, useRef } from 'react';
import type { RangeKind } from '../api/operations.ts';
import { useCurrency } from '../api/use-currency.ts';
import type { ListQuery } from './list-query.ts';
import { parseDecimal, toDecimal } from './money.ts';
import { inputStyle } from './styles.ts';

type BoundProps = ComponentProps<'input'> & {
  readonly value: string;
  readonly onCommit: (text: string) => void;
};

/** A bound applies with Enter, or when its field loses the focus. */
const Bound = ({ value, onCommit, className, ...rest }: BoundProps) => {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.value = value;
  }, [value]);
  const commit = (): void => {
    const text = input.current?.value ?? '';
    if (text !== value) onCommit(text);
  };
  return (
    <span className={className}>
      <input
        ref={input}
        autoComplete="off"
        defaultValue={value}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
        className={`${inputStyle} tabular-nums`}
        {...rest}
      />
    </span>
  );
};

/** Converts between the value of a bound and the text of its control. */
type Codec = { readonly toText: (value: string) => string; readonly toValue: (text: string) => string };

const createMoneyCodec = (currency: string): Codec => ({
  toText: (value) => (/^\d+$/.test(value) ? toDecimal({ amount: Number(value), currency }) : ''),
  toValue: (text) => String(parseDecimal(text, currency) ?? ''),
});

/** Converts a day of this time zone to the time `days` after its start: 0 for the start of the day, 1 for its end. */
const createDayCodec = (days: 0 | 1): Codec => ({
  toText: (value) => {
    const date = new Date(value);
    date.setDate(date.getDate() - days);
    // Swedish dates have the form of the control: `2026-01-31`.
    return Number.isNaN(date.getTime()) ? '' : date.toLocaleDateString('sv');
  },
  toValue: (text) => {
    const date = new Date(`${text}T00:00`);
    date.setDate(date.getDate() + days);
    return Number.isNaN(date.getTime()) ? '' : date.toISOString();
  },
});

type Props = {
  readonly name: string;
  readonly label: string;
  readonly kind: RangeKind;
  readonly query: ListQuery;
  readonly onChange: (bounds: ListQuery) => void;
};

/** The lowest and the highest value of a field. The last day counts whole. */
export const RangeFilter = ({ name, label, kind, query, onChange }: Props) => {
  const labelId = useId();
  const currency = useCurrency();
  const isTime = kind === 'time';
  const from = { bound: `${name}[gte]`, codec: isTime ? createDayCodec(0) : createMoneyCodec(currency) };
  const to = isTime ? { bound: `${name}[lt]`, codec: createDayCodec(1) } : { bound: `${name}[lte]`, codec: from.codec };
  const toProps = ({ bound, codec }: typeof from) => ({
    value: codec.toText(query[bound] ?? ''),
    onCommit: (text: string) => onChange({ [bound]: codec.toValue(text) }),
    ...(isTime
      ? { type: 'date', className: 'w-36' }
      : { inputMode: 'decimal' as const, placeholder: '0.00', className: 'w-24' }),
  });
  return (
    <div role="group" aria-labelledby={labelId} className="grid gap-1 max-sm:col-span-2">
      <span id={labelId} className="text-xs text-muted">
        {label}
      </span>
      <div className="flex items-center gap-1.5">
        <Bound aria-label={`${label} from`} {...toProps(from)} />
        <span aria-hidden="true" className="text-muted">
          –
        </span>
        <Bound aria-label={`${label} to`} {...toProps(to)} />
      </div>
    </div>
  );
};
