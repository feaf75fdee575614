import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import { cardStyle } from './styles.ts';

/** The fields of a resource with their values. */
export const Facts = ({ rows }: { readonly rows: readonly (readonly [label: string, value: ReactNode])[] }) => (
  <dl className={`${cardStyle} @container max-w-3xl divide-y divide-line`}>
    {rows.map(([label, value]) => (
      <div key={label} className="grid gap-x-4 px-4 py-2.5 @md:grid-cols-[10rem_1fr]">
        <dt className="text-muted">{label}</dt>
        <dd className="min-w-0 break-words">{value}</dd>
      </div>
    ))}
  </dl>
);

export const IdValue = ({ id }: { readonly id: string }) => (
  <span className="flex items-center gap-1">
    <code className="font-mono text-xs break-all">{id}</code>
    <CopyButton text={id} label="Copy the id" />
  </span>
);

/** Takes the place of `Facts` while they are being read. */
export const FactsSkeleton = ({ rows }: { readonly rows: number }) => (
  <div aria-busy="true" className={`${cardStyle} max-w-3xl divide-y divide-line`}>
    {Array.from({ length: rows }, (_, row) => (
      <div key={row} className="flex h-10 items-center px-4">
        <div className="h-3 w-1/2 animate-pulse rounded bg-hover" />
      </div>
    ))}
  </div>
);
