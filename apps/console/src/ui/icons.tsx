import type { ReactNode } from 'react';

const icon = (shape: ReactNode) => () => (
  <svg
    aria-hidden="true"
    viewBox="0 0 16 16"
    className="size-4 shrink-0"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    strokeLinecap="round"
    strokeLinejoin="round"
  >
    {shape}
  </svg>
);

export const AuditIcon = icon(
  <path d="M8 1.500 13.500 3.500v4c0 3.500-2.300 5.800-5.500 7-3.200-1.200-5.500-3.500-5.500-7v-4zm-2.500 6.300 1.800 1.800 3.200-3.600" />,
);
export const CheckIcon = icon(<path d="m3.5 8.5 3 3 6-7" />);
export const ChevronIcon = icon(<path d="m4.5 6.5 3.5 3.5 3.5-3.5" />);
export const CloseIcon = icon(<path d="m4 4 8 8m0-8-8 8" />);
export const CodeIcon = icon(<path d="m5.5 4.5-3.5 3.5 3.5 3.5m5-7 3.5 3.5-3.5 3.5" />);
export const CopyIcon = icon(
  <>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5v-1.5a1.5 1.5 0 0 0-1.5-1.5h-5a1.5 1.5 0 0 0-1.5 1.5v5a1.5 1.5 0 0 0 1.5 1.5h1.5" />
  </>,
);
export const DownloadIcon = icon(<path d="M8 2.5v7.5m-3-3 3 3 3-3m-8.5 6.5h11" />);
export const JobsIcon = icon(
  <>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.5v3.5l2.500 1.500" />
  </>,
);
export const MoonIcon = icon(<path d="M13 9.5a5.5 5.5 0 0 1-6.5-6.5 5.5 5.5 0 1 0 6.5 6.5z" />);
export const PlusIcon = icon(<path d="M8 3v10m-5-5h10" />);
export const PricingIcon = icon(
  <>
    <path d="M2 2h5.500l6.500 6.500-5.500 5.500-6.500-6.500z" />
    <circle cx="5" cy="5" r="0.750" />
  </>,
);
export const SalesIcon = icon(<path d="M2 13.500h12m-10.500-2.500v-3m4.500 3v-8m4.500 8v-5" />);
export const ProductsIcon = icon(
  <path d="m8 1.5 5.500 3v7l-5.500 3-5.500-3v-7zm0 6.500v6.500m0-6.500 5.500-3.500m-5.500 3.500-5.500-3.500" />,
);
export const OrdersIcon = icon(
  <path d="M3.500 1.500h9v13l-2.250-1.500-2.250 1.500-2.250-1.500-2.250 1.500zm2.500 4h4m-4 3h4" />,
);
export const SunIcon = icon(
  <>
    <circle cx="8" cy="8" r="2.5" />
    <path d="M8 1.5v1.5m0 10v1.5m6.5-6.5h-1.5m-10 0h-1.5m11.1-4.6-1 1m-7.2 7.2-1 1m9.2 0-1-1m-7.2-7.2-1-1" />
  </>,
);
export const ScreenIcon = icon(
  <>
    <rect x="2" y="3" width="12" height="8" rx="1.5" />
    <path d="M6 13.5h4" />
  </>,
);
export const UsersIcon = icon(
  <>
    <circle cx="6" cy="5.5" r="2.5" />
    <path d="M1.5 13.5c.4-2.6 2.2-4 4.5-4s4.1 1.4 4.5 4m.2-10.3a2.5 2.5 0 0 1 0 4.6m1.3 2c1.500.5 2.400 1.800 2.600 3.7" />
  </>,
);
