import type { User } from '@plinth/dtos/users';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { deleteUser, reactivateUser, restoreUser, suspendUser } from '@plinth/service-actions/users';
import { useMutation } from '@tanstack/react-query';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmButton } from '../ui/confirm.tsx';
import { showDone } from '../ui/toasts.tsx';

type Props = { readonly user: User };

const Suspend = ({ user: { id, name } }: Props) => (
  <ConfirmButton
    title={`Suspend ${name}?`}
    action={suspendUser}
    input={{ id }}
    label="Suspend"
    look="primary"
    onDone={() => showDone(`${name} was suspended.`)}
  >
    Their tokens are refused from now on. Lists still show them, and you can reactivate them at any time.
  </ConfirmButton>
);

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
  const { mutate: restore } = useMutation({
    ...mutationOptions(restoreUser, api),
    onSuccess: () => showDone(`${name} was restored.`),
  });
  if (!can(deleteUser)) return null;
  const undo = can(restoreUser) ? { label: 'Undo', onClick: () => restore({ id }) } : undefined;
  return (
    <ConfirmButton
      title={`Delete ${name}?`}
      action={deleteUser}
      input={{ id, ifMatch: version }}
      label="Delete"
      buttonLook="quietDanger"
      onDone={() => showDone(`${name} was deleted.`, undo)}
    >
      Their tokens are refused, and their e-mail address is free for another user. You can restore them for 30 days.
    </ConfirmButton>
  );
};
