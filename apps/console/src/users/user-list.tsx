import { createUser, exportUsers, listUsers } from '@plinth/service-actions/users';
import { Link } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { PlusIcon } from '../ui/icons.tsx';
import { ResourceList } from '../ui/resource-list.tsx';
import { buttonStyles } from '../ui/styles.ts';
import { userColumns } from './columns.tsx';
import { ExportButton } from './export-button.tsx';

const AddLink = () => (
  <Link to="/users/new" className={buttonStyles.primary}>
    <PlusIcon />
    Add user
  </Link>
);

export const UserList = () => {
  const { can } = useSession();
  return (
    <ResourceList
      title="Users"
      action={listUsers}
      columns={userColumns}
      actions={
        <>
          {can(exportUsers) && <ExportButton />}
          {can(createUser) && <AddLink />}
        </>
      }
      empty={
        <>
          <p>There are no users yet.</p>
          {can(createUser) && <AddLink />}
        </>
      }
    />
  );
};
