import type { User } from '@plinth/dtos/users';
import { queryOptions } from '@plinth/service-actions/react-query';
import { changeRole, getUser, updateUser } from '@plinth/service-actions/users';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { StatusBadge, toLabel } from '../ui/badge.tsx';
import { CopyCall } from '../ui/copy-call.tsx';
import { Facts, FactsSkeleton, IdValue } from '../ui/facts.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { buttonStyles, linkStyle } from '../ui/styles.ts';
import { Time } from '../ui/time.tsx';
import { ChangeRole } from './change-role.tsx';
import { MissingUser } from './missing-user.tsx';
import { DeleteUser, SuspendOrReactivate } from './user-changes.tsx';

const UserFacts = ({ user }: { readonly user: User }) => (
  <Facts
    rows={[
      ['E-mail', user.email],
      ['Role', toLabel(user.role)],
      ['Added', <Time key="added" value={user.createdAt} />],
      ['Last change', <Time key="changed" value={user.updatedAt} />],
      ['Version', user.version],
      ['Id', <IdValue key="id" id={user.id} />],
    ]}
  />
);

const Actions = ({ user }: { readonly user: User }) => {
  const { can } = useSession();
  const { id } = user;
  return (
    <>
      <CopyCall getCall={() => ({ action: getUser, input: { id } })} />
      {can(updateUser, { id }) && (
        <Link to="/users/$id/edit" params={{ id }} className={buttonStyles.secondary}>
          Edit
        </Link>
      )}
      {can(changeRole, { id }) && <ChangeRole user={user} />}
      <SuspendOrReactivate user={user} />
      <DeleteUser user={user} />
    </>
  );
};

export const UserDetail = () => {
  const { api } = useSession();
  const { id } = useParams({ from: '/users/$id' });
  const { data, error, refetch } = useQuery(queryOptions(getUser, api, { id }));
  if (error) return <MissingUser id={id} error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader
        title={data?.name ?? 'User'}
        mark={data && <StatusBadge status={data.status} />}
        above={
          <Link to="/users" className={linkStyle}>
            Users
          </Link>
        }
      >
        {data && <Actions user={data} />}
      </PageHeader>
      {data ? <UserFacts user={data} /> : <FactsSkeleton rows={6} />}
    </>
  );
};
