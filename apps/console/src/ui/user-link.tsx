import { queryOptions } from '@plinth/service-actions/react-query';
import { getUser } from '@plinth/service-actions/users';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { linkStyle } from './styles.ts';

/** The name of a user; their id while it is being read, and after they were deleted. */
export const UserLink = ({ id }: { readonly id: string }) => {
  const { api } = useSession();
  const { data } = useQuery({ ...queryOptions(getUser, api, { id }), staleTime: Number.POSITIVE_INFINITY });
  return (
    <Link to="/users/$id" params={{ id }} className={linkStyle}>
      {data?.name ?? `User ${id.slice(-6)}`}
    </Link>
  );
};
