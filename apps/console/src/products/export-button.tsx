import { exportProducts } from '@plinth/service-actions/orders';
import { mutationOptions } from '@plinth/service-actions/react-query';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { DownloadIcon } from '../ui/icons.tsx';

/** Starts an export, and shows its progress. */
export const ExportButton = () => {
  const { api } = useSession();
  const navigate = useNavigate();
  const { mutate, isPending } = useMutation({
    ...mutationOptions(exportProducts, api),
    onSuccess: ({ id }) => void navigate({ to: '/operations/$id', params: { id } }),
  });
  return (
    <Button isBusy={isPending} onClick={() => mutate({ body: {} })}>
      <DownloadIcon />
      Export
    </Button>
  );
};
