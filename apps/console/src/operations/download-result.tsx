import { unwrap } from '@plinth/service-actions';
import { downloadProductExport } from '@plinth/service-actions/orders';
import { useState } from 'react';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { DownloadIcon } from '../ui/icons.tsx';
import { save } from '../ui/save.ts';
import { showDone, showProblem } from '../ui/toasts.tsx';

/** Saves the result of an export of products as a file. */
export const DownloadResult = ({ id }: { readonly id: string }) => {
  const { api } = useSession();
  const [isBusy, setBusy] = useState(false);
  const download = async (): Promise<void> => {
    const lines: string[] = [];
    for await (const product of await unwrap(downloadProductExport(api, { id }))) {
      lines.push(`${JSON.stringify(product)}\n`);
    }
    save(lines, 'products.ndjson');
    showDone(`${lines.length} products were downloaded.`);
  };
  const start = async (): Promise<void> => {
    setBusy(true);
    try {
      await download();
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button look="primary" isBusy={isBusy} onClick={() => void start()}>
      <DownloadIcon />
      Download
    </Button>
  );
};
