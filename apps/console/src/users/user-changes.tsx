import type { User } from '@plinth/dtos/users';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { deleteUser, reactivateUser, restoreUser, suspendUser } from '@plinth/service-actions/users';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { showDone } from '../ui/toasts.tsx';

type Props = { readonly user: User };

const Suspend = ({ user: { id, name } }: Props) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Suspend</Button>
      {isOpen && (
        <Confirm
          title={`Suspend ${name}?`}
          action={suspendUser}
          input={{ id }}
          label="Suspend"
          look="primary"
          onDone={() => showDone(`${name} was suspended.`)}
          onClose={() => setOpen(false)}
        >
          Their tokens are refused from now on. Lists still show them, and you can reactivate them at any time.
        </Confirm>
      )}
    </>
  );
};

const Reactivate = ({ user: { id, name } }: Props) => {
  const { api } = useSession();
  const { mutate, isPending } = useMutation({
    ...mutationOptions(reactivateUser, api),
    onSuccess: () => showDone(`${name} was reactivated.`),
  });
  return (
    <Button isBusy={isPending} onClick={() => mutate({ id })}>
      Reactivate
    </Button>
  );
};

/** The change that the status of the user allows. */
export const SuspendOrReactivate = ({ user }: Props) => {
  const { can } = useSession();
  if (user.status === 'suspended') return can(reactivateUser) ? <Reactivate user={user} /> : null;
  return can(suspendUser) ? <Suspend user={user} /> : null;
};

/** Deletes a user, and offers to undo it. */
export const DeleteUser = ({ user: { id, name, version } }: Props) => {
  const { api, can } = useSession();
  const [isOpen, setOpen] = useState(false);
  const { mutate: restore } = useMutation({
    ...mutationOptions(restoreUser, api),
    onSuccess: () => showDone(`${name} was restored.`),
  });
  if (!can(deleteUser)) return null;
  const undo = can(restoreUser) ? { label: 'Undo', onClick: () => restore({ id }) } : undefined;
  return (
    <>
      <Button look="quietDanger" onClick={() => setOpen(true)}>
        Delete
      </Button>
      {isOpen && (
        <Confirm
          title={`Delete ${name}?`}
          action={deleteUser}
          input={{ id, ifMatch: version }}
          label="Delete"
          onDone={() => showDone(`${name} was deleted.`, undo)}
          onClose={() => setOpen(false)}
        >
          Their tokens are refused, and their e-mail address is free for another user. You can restore them for 30 days.
        </Confirm>
      )}
    </>
  );
};
