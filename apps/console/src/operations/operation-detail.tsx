import type { Operation, OperationError } from '@plinth/contract-kit';
import { cancelOperation, getOperation } from '@plinth/service-actions/operations';
import { queryOptions } from '@plinth/service-actions/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { StatusBadge, toLabel } from '../ui/badge.tsx';
import { ConfirmButton } from '../ui/confirm.tsx';
import { CopyCall } from '../ui/copy-call.tsx';
import { Facts, FactsSkeleton, IdValue } from '../ui/facts.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemPage } from '../ui/problem.tsx';
import { type Column, ResourceTable } from '../ui/resource-table.tsx';
import { linkStyle } from '../ui/styles.ts';
import { Time } from '../ui/time.tsx';
import { showDone } from '../ui/toasts.tsx';
import { UserLink } from '../ui/user-link.tsx';
import { DownloadResult } from './download-result.tsx';

const pollMs = 1000;
/** More rows slow the page down, and the user corrects the file after the first ones. */
const shownErrorsMax = 100;

const count = new Intl.NumberFormat('en');

const reasons: Readonly<Record<string, string>> = {
  'no-progress': 'It made no progress for an hour. Start it again; what is done stays.',
};

const progressStyle =
  'h-2 w-full appearance-none overflow-hidden rounded-full bg-plain-soft [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-plain-soft [&::-webkit-progress-value]:bg-accent';

const Progress = ({ operation: { status, progress } }: { readonly operation: Operation }) => {
  const { done, failed, total } = progress;
  const text = `${count.format(done)}${total === undefined ? '' : ` of ${count.format(total)}`} done${failed > 0 ? `, ${count.format(failed)} refused` : ''}`;
  return (
    <div className="grid gap-1">
      {status === 'running' && total !== undefined && total > 0 && (
        <progress aria-label="Progress" value={done} max={total} className={progressStyle} />
      )}
      <span role="status">{text}</span>
    </div>
  );
};

const OperationFacts = ({ operation }: { readonly operation: Operation }) => {
  const { id, reason, createdBy, createdAt, endedAt } = operation;
  return (
    <Facts
      rows={[
        ['Progress', <Progress key="progress" operation={operation} />],
        ...(reason === undefined ? [] : [['Reason', reasons[reason] ?? reason] as const]),
        ['Started by', <UserLink key="user" id={createdBy} />],
        ['Started', <Time key="started" value={createdAt} />],
        ['Ended', endedAt === undefined ? '—' : <Time key="ended" value={endedAt} />],
        ['Id', <IdValue key="id" id={id} />],
      ]}
    />
  );
};

type Row = OperationError & { readonly id: string };

const columns: readonly Column<Row>[] = [
  { label: 'Line', render: ({ line }) => count.format(line), isNumber: true, width: 'w-20' },
  { label: 'Error', render: ({ detail }) => <span title={detail}>{detail}</span> },
  { label: 'Code', render: ({ code }) => code, from: 'sm', width: 'sm:w-36' },
];

const Errors = ({ errors, failed }: { readonly errors: readonly OperationError[]; readonly failed: number }) => (
  <section aria-labelledby="errors" className="mt-8 max-w-3xl">
    <h2 id="errors" className="mb-3 font-semibold">
      Refused lines
    </h2>
    <ResourceTable
      title="Refused lines"
      columns={columns}
      items={errors.slice(0, shownErrorsMax).map((error) => ({ ...error, id: String(error.line) }))}
      empty={<p>No line was refused.</p>}
    />
    {failed > shownErrorsMax && (
      <p className="mt-3 text-xs text-muted">
        The first {shownErrorsMax} of {count.format(failed)}.
      </p>
    )}
  </section>
);

const Cancel = ({ id }: { readonly id: string }) => (
  <ConfirmButton
    title="Cancel this operation?"
    action={cancelOperation}
    input={{ id }}
    label="Cancel it"
    button="Cancel"
    dismiss="Let it go on"
    buttonLook="quietDanger"
    onDone={() => showDone('The operation was cancelled.')}
  >
    What it has done so far stays. The rest is not done.
  </ConfirmButton>
);

/** A long operation: its progress, which is read again each second, and the lines that it refused. */
export const OperationDetail = () => {
  const { api, can } = useSession();
  const { id } = useParams({ from: '/operations/$id' });
  const { data, error, refetch } = useQuery({
    ...queryOptions(getOperation, api, { id }),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? pollMs : false),
  });
  if (error) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader
        title={data ? toLabel(data.kind) : 'Operation'}
        mark={data && <StatusBadge status={data.status} />}
        above={
          <Link to="/products" className={linkStyle}>
            Products
          </Link>
        }
      >
        <CopyCall getCall={() => ({ action: getOperation, input: { id } })} />
        {data?.status === 'running' && can(cancelOperation) && <Cancel id={id} />}
        {data?.result && <DownloadResult id={id} />}
      </PageHeader>
      {data ? <OperationFacts operation={data} /> : <FactsSkeleton rows={5} />}
      {data && data.progress.failed > 0 && <Errors errors={data.errors} failed={data.progress.failed} />}
    </>
  );
};
