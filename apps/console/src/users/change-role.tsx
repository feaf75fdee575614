import { ChangeRole as ChangeRoleBody, type User } from '@plinth/dtos/users';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { changeRole } from '@plinth/service-actions/users';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ResourceForm } from '../ui/resource-form.tsx';
import { showDone } from '../ui/toasts.tsx';

export const ChangeRole = ({ user: { id, name, role, version } }: { readonly user: User }) => {
  const { api } = useSession();
  const [isOpen, setOpen] = useState(false);
  const { mutate, isPending, error, reset } = useMutation({
    ...mutationOptions(changeRole, api),
    meta: { isHandled: true },
    onSuccess: () => {
      setOpen(false);
      showDone(`The role of ${name} was changed.`);
    },
  });
  const close = (): void => {
    reset();
    setOpen(false);
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>Change role</Button>
      {isOpen && (
        <Dialog title={`Change the role of ${name}`} onClose={close}>
          <ResourceForm
            schema={ChangeRoleBody}
            defaultValues={{ role }}
            submitLabel="Change role"
            isBusy={isPending}
            error={error}
            onSubmit={(body) => mutate({ id, body, ifMatch: version })}
            onCancel={close}
            toCall={(body) => ({ action: changeRole, input: { id, body, ifMatch: version } })}
          />
        </Dialog>
      )}
    </>
  );
};
