import { unwrap } from '@plinth/service-actions';
import { exportUsers } from '@plinth/service-actions/users';
import { useRef, useState } from 'react';
import { useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { DownloadIcon } from '../ui/icons.tsx';
import { save } from '../ui/save.ts';
import { showDone, showProblem } from '../ui/toasts.tsx';

/** Reads the stream of the export, shows how far it is, and saves it as a file. */
const useExport = () => {
  const { api } = useSession();
  const [count, setCount] = useState<number>();
  const abort = useRef<AbortController>(null);
  const read = async (signal: AbortSignal): Promise<void> => {
    const users = await unwrap(exportUsers(api, {}, { signal }));
    const lines: string[] = [];
    for await (const user of users) {
      lines.push(`${JSON.stringify(user)}\n`);
      setCount(lines.length);
    }
    save(lines, 'users.ndjson');
    showDone(`${lines.length} users were exported.`);
  };
  const start = async (): Promise<void> => {
    abort.current = new AbortController();
    const { signal } = abort.current;
    setCount(0);
    try {
      await read(signal);
    } catch (error) {
      if (!signal.aborted) showProblem(error);
    } finally {
      setCount(undefined);
    }
  };
  return { count, start, stop: () => abort.current?.abort() };
};

export const ExportButton = () => {
  const { count, start, stop } = useExport();
  if (count !== undefined) return <Button onClick={stop}>{`Stop export (${count})`}</Button>;
  return (
    <Button onClick={() => void start()}>
      <DownloadIcon />
      Export
    </Button>
  );
};
