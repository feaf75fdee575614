import { EditUser as EditUserFields, type User } from '@plinth/dtos/users';
import { queryOptions } from '@plinth/service-actions/react-query';
import { getUser, updateUser } from '@plinth/service-actions/users';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { EditForm } from '../ui/edit-form.tsx';
import { FactsSkeleton } from '../ui/facts.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemPage } from '../ui/problem.tsx';
import { linkStyle } from '../ui/styles.ts';
import { showDone } from '../ui/toasts.tsx';

const toValues = ({ name, email }: User) => ({ name, email });

export const EditUser = () => {
  const { api } = useSession();
  const { id } = useParams({ from: '/users/$id/edit' });
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(queryOptions(getUser, api, { id }));
  if (error) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  const name = data?.name ?? 'user';
  const leave = () => void navigate({ to: '/users/$id', params: { id } });
  return (
    <>
      <PageHeader
        title={`Edit ${name}`}
        above={
          <Link to="/users/$id" params={{ id }} className={linkStyle}>
            {name}
          </Link>
        }
      />
      {data ? (
        <EditForm
          action={updateUser}
          schema={EditUserFields}
          latest={data}
          toValues={toValues}
          withoutHint={['name', 'email']}
          onSaved={(user) => {
            showDone(`${user.name} was saved.`);
            leave();
          }}
          onCancel={leave}
        />
      ) : (
        <FactsSkeleton rows={3} />
      )}
    </>
  );
};
