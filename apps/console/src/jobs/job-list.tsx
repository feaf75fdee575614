import type { Job } from '@plinth/contract-kit';
import { listJobs } from '@plinth/service-actions/operations';
import { queryOptions } from '@plinth/service-actions/react-query';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '../session/session.ts';
import { CopyCall } from '../ui/copy-call.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemNotice } from '../ui/problem.tsx';
import { ResourceTable } from '../ui/resource-table.tsx';
import { jobColumns } from './columns.tsx';

const everyMs = 10_000;

/** Jobs that need an operator come first. */
const byNeed = (one: Job, other: Job): number =>
  other.dead - one.dead || other.ready - one.ready || one.name.localeCompare(other.name);

export const JobList = () => {
  const { api } = useSession();
  const { data, error } = useQuery({ ...queryOptions(listJobs, api, {}), refetchInterval: everyMs });
  const rows = data?.items.toSorted(byNeed).map((job) => ({ ...job, id: `${job.module}.${job.name}` }));
  return (
    <>
      <PageHeader title="Jobs">
        <CopyCall getCall={() => ({ action: listJobs })} />
      </PageHeader>
      {error ? (
        <ProblemNotice error={error} />
      ) : (
        <ResourceTable title="Jobs" columns={jobColumns} items={rows} empty={<p>No module has jobs.</p>} />
      )}
      <p className="mt-3 text-xs text-muted">
        The messages of your organization. A message is dead when it has failed too often: it waits until you retry or
        drop it.
      </p>
    </>
  );
};
