import { Currency } from '@plinth/contract-kit';
import { useState } from 'react';
import { type FieldValues, type Path, type PathValue, type UseFormReturn, useController } from 'react-hook-form';
import { FieldRow } from './field.tsx';
import { isMoney, parseDecimal, toDecimal } from './money.ts';
import { Select } from './select.tsx';
import { inputStyle } from './styles.ts';

const currencies = Currency.options.map((currency) => [currency, currency] as const);

type Props<V extends FieldValues> = {
  readonly form: UseFormReturn<V>;
  readonly name: Path<V>;
  readonly label: string;
  readonly hint?: string;
  readonly isRequired?: boolean;
  /** The currency, where the user cannot choose one. */
  readonly currency?: string;
  /** The reason for which the API has refused this amount. */
  readonly problem?: string | undefined;
};

/** An amount as a decimal number, and its currency. An empty control is a field that is not sent. */
export const MoneyField = <V extends FieldValues>(props: Props<V>) => {
  const { form, name, label, hint, isRequired = false, currency: fixed, problem } = props;
  const { field, fieldState } = useController({ control: form.control, name });
  const initial: unknown = field.value;
  const [text, setText] = useState(isMoney(initial) && initial.amount > 0 ? toDecimal(initial) : '');
  const [chosen, setChosen] = useState(isMoney(initial) ? initial.currency : 'EUR');
  const currency = fixed ?? chosen;
  const change = (next: { readonly text?: string; readonly currency?: string }): void => {
    const changed = { text, currency, ...next };
    setText(changed.text);
    setChosen(changed.currency);
    const amount = parseDecimal(changed.text, changed.currency) ?? Number.NaN;
    const value = changed.text.trim() === '' ? undefined : { amount, currency: changed.currency };
    form.setValue(name, value as PathValue<V, Path<V>>, { shouldValidate: form.formState.isSubmitted });
  };
  const sample = toDecimal({ amount: 1250, currency });
  const invalid = text.trim() === '' ? `${label} is required.` : `${label} must be an amount such as ${sample}.`;
  return (
    <FieldRow label={label} isRequired={isRequired} hint={hint} error={fieldState.error ? invalid : problem}>
      {(attributes) => (
        <div className="flex gap-2">
          <input
            ref={field.ref}
            inputMode="decimal"
            autoComplete="off"
            placeholder={toDecimal({ amount: 0, currency })}
            value={text}
            onChange={(event) => change({ text: event.target.value })}
            className={`${inputStyle} tabular-nums`}
            {...attributes}
          />
          {fixed === undefined ? (
            <Select
              aria-label={`Currency of ${label.toLowerCase()}`}
              className="w-24 shrink-0"
              options={currencies}
              value={currency}
              onChange={(event) => change({ currency: event.target.value })}
            />
          ) : (
            <span className="self-center text-muted">{fixed}</span>
          )}
        </div>
      )}
    </FieldRow>
  );
};
