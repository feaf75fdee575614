import type { DeadMessage, Job } from '@plinth/contract-kit';
import { Link } from '@tanstack/react-router';
import { StatusBadge } from '../ui/badge.tsx';
import type { Column } from '../ui/resource-table.tsx';
import { Time } from '../ui/time.tsx';

const count = new Intl.NumberFormat('en');

/** Returns what an operator has to know first. */
export const toJobStatus = ({ dead, ready, pausedAt }: Job): string => {
  if (pausedAt !== undefined) return 'paused';
  if (dead > 0) return 'failing';
  return ready > 0 ? 'working' : 'idle';
};

const Dead = ({ dead }: { readonly dead: number }) =>
  dead > 0 ? <span className="font-medium text-danger-text">{count.format(dead)}</span> : '0';

export const jobColumns: readonly Column<Job & { readonly id: string }>[] = [
  {
    label: 'Name',
    render: ({ module, name }) => (
      <>
        <Link to="/jobs/$module/$name" params={{ module, name }} className="font-medium after:absolute after:inset-0">
          {name}
        </Link>
        <span className="block truncate text-xs text-muted md:hidden">{module}</span>
      </>
    ),
  },
  { label: 'Module', render: ({ module }) => module, from: 'md', width: 'md:w-28' },
  {
    label: 'Oldest',
    render: ({ oldestReadyAt }) => (oldestReadyAt === undefined ? '—' : <Time value={oldestReadyAt} />),
    from: 'md',
    width: 'md:w-36',
  },
  { label: 'Waiting', render: ({ ready }) => count.format(ready), isNumber: true, from: 'sm', width: 'sm:w-24' },
  { label: 'Dead', render: ({ dead }) => <Dead dead={dead} />, isNumber: true, width: 'w-16 sm:w-24' },
  { label: 'Status', render: (job) => <StatusBadge status={toJobStatus(job)} />, width: 'w-26 sm:w-32' },
];

export const messageColumns: readonly Column<DeadMessage>[] = [
  {
    label: 'Event',
    render: ({ id, module, name, event, failures }) => (
      <>
        <Link
          to="/jobs/$module/$name/$id"
          params={{ module, name, id }}
          className="font-medium after:absolute after:inset-0"
        >
          {event}
        </Link>
        <span className="block truncate text-xs text-muted md:hidden">{failures.at(-1)?.text}</span>
      </>
    ),
  },
  { label: 'Last failure', render: ({ failures }) => failures.at(-1)?.text ?? '—', from: 'md', width: 'md:w-56' },
  { label: 'Attempts', render: ({ attempts }) => attempts, isNumber: true, from: 'sm', width: 'sm:w-24' },
  { label: 'Dead since', render: ({ diedAt }) => <Time value={diedAt} />, width: 'w-32 sm:w-36' },
];
