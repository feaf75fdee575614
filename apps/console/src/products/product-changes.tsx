import { type Product, Restock as RestockBody } from '@plinth/dtos/orders';
import { archiveProduct, reactivateProduct, restockProduct } from '@plinth/service-actions/orders';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ResourceForm } from '../ui/resource-form.tsx';
import { showDone } from '../ui/toasts.tsx';
import { formatCount } from './columns.tsx';

type Props = { readonly product: Product };

/** Archives a product, and offers to undo it, or reactivates it. */
export const ArchiveOrReactivate = ({ product: { id, name, status } }: Props) => {
  const { api, can } = useSession();
  const { mutate: reactivate, isPending: isReactivating } = useMutation({
    ...mutationOptions(reactivateProduct, api),
    onSuccess: () => showDone(`${name} was reactivated.`),
  });
  const { mutate: archive, isPending: isArchiving } = useMutation({
    ...mutationOptions(archiveProduct, api),
    onSuccess: () =>
      showDone(
        `${name} was archived.`,
        can(reactivateProduct) ? { label: 'Undo', onClick: () => reactivate({ id }) } : undefined,
      ),
  });
  if (status === 'archived') {
    return can(reactivateProduct) ? (
      <Button isBusy={isReactivating} onClick={() => reactivate({ id })}>
        Reactivate
      </Button>
    ) : null;
  }
  return can(archiveProduct) ? (
    <Button look="quietDanger" isBusy={isArchiving} onClick={() => archive({ id })}>
      Archive
    </Button>
  ) : null;
};

export const Restock = ({ product: { id, name } }: Props) => {
  const { api } = useSession();
  const [isOpen, setOpen] = useState(false);
  const { mutate, isPending, error, reset } = useMutation({
    ...mutationOptions(restockProduct, api),
    meta: { isHandled: true },
    onSuccess: ({ quantity }) => {
      setOpen(false);
      showDone(`${formatCount(quantity)} items were added to ${name}.`);
    },
  });
  const close = (): void => {
    reset();
    setOpen(false);
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>Restock</Button>
      {isOpen && (
        <Dialog title={`Restock ${name}`} onClose={close}>
          <ResourceForm
            schema={RestockBody}
            defaultValues={{ reason: '' }}
            submitLabel="Add items"
            isBusy={isPending}
            error={error}
            onSubmit={(body) => mutate({ id, body })}
            onCancel={close}
            toCall={(body) => ({ action: restockProduct, input: { id, body } })}
          />
        </Dialog>
      )}
    </>
  );
};
