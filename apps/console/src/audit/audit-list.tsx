import type { AuditEvent } from '@plinth/dtos/audit';
import { listAuditEvents } from '@plinth/service-actions/audit';
import { Link } from '@tanstack/react-router';
import { Actor } from '../ui/actor.tsx';
import { toLabel } from '../ui/badge.tsx';
import { ResourceList } from '../ui/resource-list.tsx';
import type { Column } from '../ui/resource-table.tsx';
import { Time } from '../ui/time.tsx';

/** `products, orders`: each type of a changed resource once. */
const toResources = ({ changes }: AuditEvent): string =>
  [...new Set(changes.map(({ resourceType }) => resourceType))].join(', ') || '—';

const columns: readonly Column<AuditEvent>[] = [
  {
    label: 'Action',
    render: (event) => (
      <>
        <Link to="/audit/$id" params={{ id: event.id }} className="font-medium after:absolute after:inset-0">
          {toLabel(event.action)}
        </Link>
        <span className="block truncate text-xs text-muted sm:hidden">{toResources(event)}</span>
      </>
    ),
  },
  {
    label: 'Actor',
    // Above the link of the row, which covers all of it.
    render: ({ actor }) => (
      <span className="relative block truncate">
        <Actor actor={actor} />
      </span>
    ),
    from: 'md',
    width: 'md:w-60',
  },
  { label: 'Changed', render: toResources, from: 'sm', width: 'sm:w-48' },
  { label: 'Time', render: ({ createdAt }) => <Time value={createdAt} />, width: 'w-32' },
];

export const AuditList = () => (
  <ResourceList
    title="Audit"
    action={listAuditEvents}
    columns={columns}
    empty={<p>Nothing has been changed yet. A change appears here some seconds later.</p>}
  />
);
