import type { ComponentProps } from 'react';
import { ChevronIcon } from './icons.tsx';
import { inputStyle } from './styles.ts';

type Props = ComponentProps<'select'> & {
  readonly options: readonly (readonly [value: string, label: string])[];
};

/** The select of the browser, with the look of an input. */
export const Select = ({ options, className = '', ...rest }: Props) => (
  <span className={`relative block ${className}`}>
    <select className={`${inputStyle} appearance-none pr-8`} {...rest}>
      {options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
    <span className="pointer-events-none absolute inset-y-0 right-2 grid place-items-center text-muted">
      <ChevronIcon />
    </span>
  </span>
);
