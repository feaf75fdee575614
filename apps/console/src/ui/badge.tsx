const tones = {
  good: 'bg-good-soft text-good-text',
  warn: 'bg-warn-soft text-warn-text',
  info: 'bg-info-soft text-info-text',
  danger: 'bg-danger-soft text-danger-text',
  plain: 'bg-plain-soft text-plain-text',
} as const;

export type Tone = keyof typeof tones;

/** The tones of statuses. A status that is missing here is plain. */
const toneByStatus: Readonly<Record<string, Tone>> = {
  active: 'good',
  suspended: 'warn',
  archived: 'plain',
  disabled: 'plain',
  placed: 'info',
  paid: 'info',
  'partly-shipped': 'warn',
  shipped: 'warn',
  delivered: 'good',
  cancelled: 'plain',
  refunded: 'danger',
  idle: 'plain',
  working: 'info',
  failing: 'danger',
  paused: 'warn',
  running: 'info',
  succeeded: 'good',
  failed: 'danger',
};

/** Shows a status as text, in a color that only helps to find it. */
export const StatusBadge = ({ status }: { readonly status: string }) => (
  <span
    className={`inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap ${tones[toneByStatus[status] ?? 'plain']}`}
  >
    <span aria-hidden="true" className="size-1.5 rounded-full bg-current" />
    {toLabel(status)}
  </span>
);

/** The labels that cannot be derived from their names. */
const labels: Readonly<Record<string, string>> = {
  email: 'E-mail',
  sku: 'SKU',
  text: 'Search',
  customerId: 'Customer',
  createdAt: 'Created',
  actorId: 'Actor',
  resourceId: 'Resource id',
};

/** `partly-shipped` → `Partly shipped`, `createdAt` → `Created at`. */
export const toLabel = (name: string): string => {
  const label = labels[name];
  if (label !== undefined) return label;
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
};
