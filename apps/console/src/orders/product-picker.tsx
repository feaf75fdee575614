import { Combobox } from '@base-ui/react/combobox';
import type { Product } from '@plinth/dtos/orders';
import { listProducts, searchProducts } from '@plinth/service-actions/orders';
import { queryOptions } from '@plinth/service-actions/react-query';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../session/session.ts';
import { FieldRow } from '../ui/field.tsx';
import { formatMoney } from '../ui/money.ts';
import { inputStyle } from '../ui/styles.ts';

/** The API compares whole words. */
const searchedMin = 3;

/** Returns the active products with a text: of the first 100 by any part of their names, and of all by whole words. */
const useMatches = (text: string): readonly Product[] => {
  const { api } = useSession();
  const { data: first } = useQuery(
    queryOptions(listProducts, api, { query: { status: 'active', sort: 'name', limit: 100 } }),
  );
  const { data: found } = useQuery({
    ...queryOptions(searchProducts, api, { query: { text, status: 'active' } }),
    enabled: text.length >= searchedMin,
    placeholderData: keepPreviousData,
  });
  const hasText = ({ name, sku }: Product): boolean => `${name} ${sku}`.toLowerCase().includes(text.toLowerCase());
  const matches = [
    ...(first?.items.filter(hasText) ?? []),
    ...(text.length >= searchedMin ? (found?.items ?? []) : []),
  ];
  return [...new Map(matches.map((product) => [product.id, product])).values()];
};

const Option = ({ product }: { readonly product: Product }) => {
  const { name, sku, price, stock } = product;
  return (
    <Combobox.Item
      value={product}
      className="flex cursor-pointer items-center justify-between gap-4 rounded-md px-2.5 py-1.5 outline-none data-highlighted:bg-hover"
    >
      <span className="min-w-0">
        <span className="block truncate font-medium">{name}</span>
        <span className="block truncate text-xs text-muted">{sku}</span>
      </span>
      <span className="shrink-0 text-end tabular-nums">
        {formatMoney(price)}
        <span className="block text-xs text-muted">{stock === 0 ? 'Out of stock' : `${stock} in stock`}</span>
      </span>
    </Combobox.Item>
  );
};

type Props = {
  readonly error: string | undefined;
  readonly onPick: (product: Product) => void;
};

/** Finds a product by its name, its SKU or its words, and adds it. */
export const ProductPicker = ({ error, onPick }: Props) => {
  const [text, setText] = useState('');
  const items = useMatches(text.trim());
  return (
    <Combobox.Root
      items={items}
      filter={null}
      autoHighlight
      value={null}
      itemToStringLabel={(product: Product) => product.name}
      inputValue={text}
      onInputValueChange={setText}
      onValueChange={(product) => {
        if (!product) return;
        onPick(product);
        setText('');
      }}
    >
      <FieldRow label="Add a product" isRequired error={error} hint="Search by name, SKU or words.">
        {(attributes) => <Combobox.Input className={inputStyle} placeholder="Search products" {...attributes} />}
      </FieldRow>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} className="z-10 outline-none">
          <Combobox.Popup className="max-h-72 w-(--anchor-width) overflow-y-auto rounded-lg border border-line bg-raised p-1 text-sm shadow-float">
            <Combobox.Empty>
              <p className="px-2.5 py-1.5 text-muted not-empty:block">No active product has this in its name.</p>
            </Combobox.Empty>
            <Combobox.List>{(product: Product) => <Option key={product.id} product={product} />}</Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
};
