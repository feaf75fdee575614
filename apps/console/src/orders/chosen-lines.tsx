import type { Product } from '@plinth/dtos/orders';
import { getProduct } from '@plinth/service-actions/orders';
import { queryOptions } from '@plinth/service-actions/react-query';
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { type UseFormReturn, useFieldArray } from 'react-hook-form';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { CloseIcon } from '../ui/icons.tsx';
import { addMoney, formatMoney } from '../ui/money.ts';
import { cardStyle, inputStyle } from '../ui/styles.ts';
import type { OrderFields } from './order-fields.ts';
import { ProductPicker } from './product-picker.tsx';

type LineProps = {
  readonly form: UseFormReturn<OrderFields>;
  readonly index: number;
  readonly product: Product;
  readonly onRemove: () => void;
};

const Line = ({ form, index, product: { name, sku, price, stock }, onRemove }: LineProps) => {
  const id = useId();
  const error = form.formState.errors.lines?.[index]?.quantity?.message;
  const isShort = form.watch(`lines.${index}.quantity`) > stock;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_5rem_2rem] items-center gap-x-3 px-3 py-2">
      <span className="min-w-0">
        <label htmlFor={id} className="block truncate font-medium">
          {name}
          <span className="sr-only">, quantity</span>
        </label>
        <span className="block truncate text-xs text-muted">{`${sku} · ${formatMoney(price)}`}</span>
      </span>
      <input
        id={id}
        type="number"
        min={1}
        aria-describedby={`${id}-note`}
        aria-invalid={error !== undefined}
        className={`${inputStyle} text-end tabular-nums`}
        {...form.register(`lines.${index}.quantity`, { valueAsNumber: true })}
      />
      <Button look="ghost" aria-label={`Remove ${name}`} className="w-8" onClick={onRemove}>
        <CloseIcon />
      </Button>
      <p
        id={`${id}-note`}
        className={`col-span-2 text-end text-xs ${error || isShort ? 'text-danger-text' : 'text-muted'}`}
      >
        {[error, stock === 0 ? 'Out of stock' : `${stock} in stock`].filter(Boolean).join(' ')}
      </p>
    </li>
  );
};

/** Returns the products of the lines as they are now; a refused order reads them again. */
const useProducts = (ids: readonly string[]) => {
  const { api } = useSession();
  return useQueries({ queries: ids.map((id) => queryOptions(getProduct, api, { id })) }).map(({ data }) => data);
};

/** The products of a new order with their quantities, and their price before discounts and shipping. */
export const ChosenLines = ({ form }: { readonly form: UseFormReturn<OrderFields> }) => {
  const { api } = useSession();
  const queryClient = useQueryClient();
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'lines' });
  const lines = form.watch('lines');
  const products = useProducts(lines.map(({ productId }) => productId));
  const pick = (product: Product): void => {
    const index = lines.findIndex(({ productId }) => productId === product.id);
    if (index >= 0) return form.setFocus(`lines.${index}.quantity`, { shouldSelect: true });
    queryClient.setQueryData(queryOptions(getProduct, api, { id: product.id }).queryKey, product);
    // The next product is chosen immediately.
    append({ productId: product.id, quantity: 1 }, { shouldFocus: false });
    form.clearErrors('lines');
  };
  const currency = products[0]?.price.currency;
  const amounts = products.flatMap((product, index) => {
    const quantity = lines[index]?.quantity ?? 0;
    return product && quantity > 0 ? [{ ...product.price, amount: product.price.amount * quantity }] : [];
  });
  const isEmpty = form.formState.errors.lines?.message ?? form.formState.errors.lines?.root?.message;
  return (
    <div className="grid gap-3">
      <ProductPicker error={isEmpty && 'Choose at least one product.'} onPick={pick} />
      {fields.length > 0 && (
        <div className={cardStyle}>
          <ul aria-label="Chosen products" className="divide-y divide-line">
            {fields.map((field, index) => {
              const product = products[index];
              return (
                product && (
                  <Line key={field.id} form={form} index={index} product={product} onRemove={() => remove(index)} />
                )
              );
            })}
          </ul>
          {currency !== undefined && (
            <p className="flex justify-between gap-4 border-t border-line px-3 py-2.5">
              <span className="text-muted">Before discounts and shipping</span>
              <span aria-live="polite" className="font-semibold tabular-nums">
                {formatMoney(addMoney(amounts, currency))}
              </span>
            </p>
          )}
        </div>
      )}
    </div>
  );
};
