import { ProblemError } from '@plinth/service-actions';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { eraseUser, restoreUser } from '@plinth/service-actions/users';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmButton } from '../ui/confirm.tsx';
import { ProblemPage } from '../ui/problem.tsx';
import { buttonStyles } from '../ui/styles.ts';
import { showDone } from '../ui/toasts.tsx';

const Restore = ({ id }: { readonly id: string }) => {
  const { api } = useSession();
  const { mutate, isPending } = useMutation({
    ...mutationOptions(restoreUser, api),
    onSuccess: ({ name }) => showDone(`${name} was restored.`),
  });
  return (
    <Button look="primary" isBusy={isPending} onClick={() => mutate({ id })}>
      Restore
    </Button>
  );
};

const Erase = ({ id }: { readonly id: string }) => (
  <ConfirmButton
    title="Erase this user for good?"
    action={eraseUser}
    input={{ id }}
    label="Erase"
    button="Erase for good"
    onDone={() => showDone('The user was erased.')}
  >
    The personal data is removed immediately and cannot be restored. Without this, a deleted user is erased after 30
    days.
  </ConfirmButton>
);

type Props = { readonly id: string; readonly error: unknown; readonly onRetry: () => void };

/** Takes the place of a user who cannot be read. One who was deleted can be restored for 30 days. */
export const MissingUser = ({ id, error, onRetry }: Props) => {
  const { can } = useSession();
  const isMissing = error instanceof ProblemError && error.problem.code === 'not-found';
  if (!isMissing) return <ProblemPage error={error} onRetry={onRetry} />;
  return (
    <ProblemPage
      error={error}
      note={can(restoreUser) && 'If the user was deleted in the last 30 days, you can restore them.'}
    >
      {can(restoreUser) && <Restore id={id} />}
      {can(eraseUser) && <Erase id={id} />}
      <Link to="/users" className={buttonStyles.secondary}>
        All users
      </Link>
    </ProblemPage>
  );
};
