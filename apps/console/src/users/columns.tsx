import type { User } from '@plinth/dtos/users';
import { Link } from '@tanstack/react-router';
import { StatusBadge, toLabel } from '../ui/badge.tsx';
import type { Column } from '../ui/resource-table.tsx';
import { Time } from '../ui/time.tsx';

export const userColumns: readonly Column<User>[] = [
  {
    label: 'Name',
    render: ({ id, name, email }) => (
      <>
        <Link to="/users/$id" params={{ id }} className="font-medium after:absolute after:inset-0">
          {name}
        </Link>
        <span className="block truncate text-xs text-muted md:hidden">{email}</span>
      </>
    ),
  },
  { label: 'E-mail', render: ({ email }) => email, from: 'md', width: 'md:w-[34%]' },
  { label: 'Role', render: ({ role }) => toLabel(role), from: 'sm', width: 'sm:w-24' },
  { label: 'Status', render: ({ status }) => <StatusBadge status={status} />, width: 'w-32' },
  { label: 'Added', render: ({ createdAt }) => <Time value={createdAt} />, from: 'lg', width: 'lg:w-36' },
];
