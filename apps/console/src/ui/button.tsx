import type { ComponentProps } from 'react';
import { type ButtonLook, buttonStyles } from './styles.ts';

type Props = ComponentProps<'button'> & {
  readonly look?: ButtonLook;
  /** A change is being sent: the button cannot be used again. */
  readonly isBusy?: boolean;
};

export const Button = ({ look = 'secondary', isBusy = false, disabled, className = '', ...rest }: Props) => (
  <button
    type="button"
    aria-busy={isBusy}
    disabled={isBusy || disabled}
    className={`${buttonStyles[look]} ${className}`}
    {...rest}
  />
);
