const base =
  'inline-flex h-8 items-center justify-center gap-1.5 rounded-md px-3 text-sm font-medium whitespace-nowrap transition-colors disabled:opacity-50';

/** The looks of a button or of a link like one. */
export const buttonStyles = {
  primary: `${base} bg-accent text-on-accent enabled:hover:bg-accent-hover [a]:hover:bg-accent-hover`,
  secondary: `${base} border border-line bg-surface text-text enabled:hover:bg-hover [a]:hover:bg-hover`,
  danger: `${base} bg-danger text-on-danger enabled:hover:bg-danger-hover`,
  quietDanger: `${base} border border-line bg-surface text-danger-text enabled:hover:bg-danger-soft`,
  ghost: `${base} px-2 text-muted enabled:hover:bg-hover enabled:hover:text-text [a]:hover:bg-hover`,
} as const;

export type ButtonLook = keyof typeof buttonStyles;

export const inputStyle =
  'h-8 w-full rounded-md border border-control bg-surface px-2.5 text-sm text-text placeholder:text-muted aria-invalid:border-danger';

export const cardStyle = 'rounded-lg border border-line bg-surface';

export const linkStyle = 'font-medium text-accent-text hover:underline';
