import { useId, useRef, useState } from 'react';
import type { ListSpec } from '../api/operations.ts';
import { toLabel } from './badge.tsx';
import { Button } from './button.tsx';
import { hasRange, type ListQuery, listSorts, toSortLabel, withFilter } from './list-query.ts';
import { RangeFilter } from './range-filter.tsx';
import { Select } from './select.tsx';
import { inputStyle } from './styles.ts';

type Props = {
  readonly spec: ListSpec;
  readonly query: ListQuery;
  readonly onChange: (query: ListQuery) => void;
};

type FilterProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
};

type ChoiceProps = FilterProps & { readonly options: readonly (readonly [value: string, label: string])[] };

const Choice = ({ label, onChange, ...rest }: ChoiceProps) => {
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-xs text-muted">
        {label}
      </label>
      <Select id={id} className="sm:min-w-32" onChange={(event) => onChange(event.target.value)} {...rest} />
    </div>
  );
};

/** The hints of text filters that compare other than the exact value of one field. */
const placeholders: Readonly<Record<string, string>> = {
  text: 'Whole words',
  customerId: 'User id or reference',
  actorId: 'User id or consumer',
  action: 'Such as placeOrder',
  resourceType: 'Such as orders',
};

type TextProps = FilterProps & { readonly placeholder: string };

/** A filter by a text. It applies with Enter, or when the field loses the focus. */
const TextFilter = ({ label, placeholder, value, onChange }: TextProps) => {
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  return (
    <form
      className="grid gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        onChange(input.current?.value.trim() ?? '');
      }}
    >
      <label htmlFor={id} className="text-xs text-muted">
        {label}
      </label>
      <input
        // The field is reset when the filter was changed elsewhere.
        key={value}
        ref={input}
        id={id}
        type="search"
        autoComplete="off"
        placeholder={placeholder}
        defaultValue={value}
        onBlur={(event) => {
          const text = event.target.value.trim();
          if (text !== value) onChange(text);
        }}
        className={`${inputStyle} sm:w-52`}
      />
    </form>
  );
};

/** Ranges take much room, so they are shown when they are needed. */
const RangeFilters = ({ spec, query, onChange }: Props) => {
  const [isOpen, setOpen] = useState(hasRange(spec, query));
  return (
    <>
      <Button look="ghost" className="justify-self-start" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Fewer filters' : 'More filters'}
      </Button>
      {isOpen && (
        <div className="col-span-2 flex basis-full flex-wrap gap-3">
          {Object.entries(spec.ranges).map(([name, kind]) => (
            <RangeFilter
              key={name}
              name={name}
              label={toLabel(name)}
              kind={kind}
              query={query}
              onChange={(bounds) => onChange(withFilter(spec, query, bounds))}
            />
          ))}
        </div>
      )}
    </>
  );
};

/** The filters and sorts of a list, as its contract has them. */
export const ListFilters = ({ spec, query, onChange }: Props) => {
  const sorts = listSorts(spec, query);
  return (
    <div className="grid grid-cols-2 items-end gap-3 sm:flex sm:flex-wrap">
      {Object.entries(spec.filters).map(([name, values]) => {
        const label = toLabel(name);
        const props = {
          label,
          value: query[name] ?? '',
          onChange: (value: string) => onChange(withFilter(spec, query, { [name]: value })),
        };
        const options = [['', 'All'] as const, ...values.map((value) => [value, toLabel(value)] as const)];
        const placeholder = placeholders[name] ?? `Exact ${label.charAt(0).toLowerCase()}${label.slice(1)}`;
        return values.length > 0 ? (
          <Choice key={name} {...props} options={options} />
        ) : (
          <TextFilter key={name} {...props} placeholder={placeholder} />
        );
      })}
      {sorts.length > 1 && (
        <Choice
          label="Sort"
          value={query['sort'] ?? sorts[0] ?? ''}
          options={sorts.map((sort) => [sort, toSortLabel(sort, toLabel)] as const)}
          onChange={(sort) => onChange({ ...query, sort })}
        />
      )}
      {Object.keys(spec.ranges).length > 0 && <RangeFilters spec={spec} query={query} onChange={onChange} />}
    </div>
  );
};
