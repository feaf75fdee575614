import type { Job } from '@plinth/contract-kit';
import { listDeadMessages, listJobs } from '@plinth/service-actions/operations';
import { queryOptions } from '@plinth/service-actions/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyCall } from '../ui/copy-call.tsx';
import { Facts, FactsSkeleton } from '../ui/facts.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { PagedTable } from '../ui/paged-table.tsx';
import { ProblemPage } from '../ui/problem.tsx';
import { linkStyle } from '../ui/styles.ts';
import { Time } from '../ui/time.tsx';
import { messageColumns, toJobStatus } from './columns.tsx';

const toTime = (value: string | undefined) => (value === undefined ? '—' : <Time value={value} />);

const JobFacts = ({ job }: { readonly job: Job }) => (
  <Facts
    rows={[
      ['Module', job.module],
      ['Waiting', job.ready],
      ['Oldest', toTime(job.oldestReadyAt)],
      ...(job.pausedAt === undefined
        ? []
        : [['Paused', <>{toTime(job.pausedAt)}, for all organizations, by those who run the product.</>] as const]),
    ]}
  />
);

/** A job, and the dead messages of the organization. */
export const JobDetail = () => {
  const { api } = useSession();
  const { module, name } = useParams({ from: '/jobs/$module/$name' });
  const { data, error, refetch } = useQuery(queryOptions(listJobs, api, {}));
  if (error) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  const job = data?.items.find((item) => item.module === module && item.name === name);
  const input = { module, query: { name } };
  return (
    <>
      <PageHeader
        title={name}
        mark={job && <StatusBadge status={toJobStatus(job)} />}
        above={
          <Link to="/jobs" className={linkStyle}>
            Jobs
          </Link>
        }
      >
        <CopyCall getCall={() => ({ action: listDeadMessages, input })} />
      </PageHeader>
      {job && <JobFacts job={job} />}
      {!data && <FactsSkeleton rows={3} />}
      <section aria-labelledby="dead" className="mt-8">
        <h2 id="dead" className="mb-3 font-semibold">
          Dead messages
        </h2>
        <PagedTable
          title="Dead messages"
          action={listDeadMessages}
          input={input}
          columns={messageColumns}
          empty={<p>No message has failed too often.</p>}
        />
      </section>
    </>
  );
};
