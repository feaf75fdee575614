import { CreateUser } from '@plinth/dtos/users';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { createUser } from '@plinth/service-actions/users';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { PageHeader } from '../ui/page-header.tsx';
import { ResourceForm } from '../ui/resource-form.tsx';
import { linkStyle } from '../ui/styles.ts';
import { showDone } from '../ui/toasts.tsx';

export const NewUser = () => {
  const { api } = useSession();
  const navigate = useNavigate();
  const { mutate, isPending, error } = useMutation({
    ...mutationOptions(createUser, api),
    meta: { isHandled: true },
    onSuccess: ({ id, name }) => {
      showDone(`${name} was added.`);
      void navigate({ to: '/users/$id', params: { id } });
    },
  });
  return (
    <>
      <PageHeader
        title="Add user"
        above={
          <Link to="/users" className={linkStyle}>
            Users
          </Link>
        }
      />
      <ResourceForm
        schema={CreateUser}
        defaultValues={{ name: '', email: '', role: 'member' }}
        withoutHint={['name', 'email']}
        submitLabel="Add user"
        isBusy={isPending}
        error={error}
        onSubmit={(body) => mutate({ body })}
        onCancel={() => void navigate({ to: '/users' })}
        toCall={(body) => ({ action: createUser, input: { body } })}
      />
    </>
  );
};
