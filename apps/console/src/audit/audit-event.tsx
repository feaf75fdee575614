import type { AuditEvent } from '@plinth/dtos/audit';
import { getAuditEvent } from '@plinth/service-actions/audit';
import { queryOptions } from '@plinth/service-actions/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { Actor } from '../ui/actor.tsx';
import { toLabel } from '../ui/badge.tsx';
import { ChangedFields } from '../ui/changed-fields.tsx';
import { listChangedFields } from '../ui/changes.ts';
import { CopyCall } from '../ui/copy-call.tsx';
import { Facts, FactsSkeleton, IdValue } from '../ui/facts.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemPage } from '../ui/problem.tsx';
import { cardStyle, linkStyle } from '../ui/styles.ts';
import { Time } from '../ui/time.tsx';

type Change = AuditEvent['changes'][number];

const kinds = { insert: 'Added to', update: 'Changed in', remove: 'Removed from' } as const;

const ChangeCard = ({ change }: { readonly change: Change }) => {
  const { kind, resourceType, resourceId, resourceVersion, before, after, where, change: changed } = change;
  return (
    <li className={`${cardStyle} grid gap-3 p-4`}>
      <h3 className="font-medium">{`${kinds[kind]} ${resourceType}`}</h3>
      {resourceId !== undefined && (
        <p className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
          <IdValue id={resourceId} />
          {resourceVersion !== undefined && `version ${resourceVersion}`}
        </p>
      )}
      <ChangedFields fields={listChangedFields(before, after)} />
      {where && <ChangedFields fields={listChangedFields(undefined, { where, change: changed })} />}
    </li>
  );
};

const Content = ({ event }: { readonly event: AuditEvent }) => (
  <>
    <Facts
      rows={[
        ['Actor', <Actor key="actor" actor={event.actor} />],
        ['Time', <Time key="time" value={event.createdAt} />],
        ['Module', event.module],
        ['Number', String(event.sequence)],
        ['Request', <IdValue key="request" id={event.requestId} />],
        ['Trace', <IdValue key="trace" id={event.traceId} />],
        ['Hash', <IdValue key="hash" id={event.hash} />],
      ]}
    />
    <section aria-labelledby="changes" className="mt-8 max-w-3xl">
      <h2 id="changes" className="mb-3 font-semibold">
        Changes
      </h2>
      {event.valuesOmitted && <p className="mb-3 text-muted">The values were too large to be kept.</p>}
      {event.changes.length === 0 && <p className="text-muted">It changed no resource.</p>}
      <ol className="grid gap-3">
        {event.changes.map((change, index) => (
          <ChangeCard key={`${index} ${change.resourceId}`} change={change} />
        ))}
      </ol>
    </section>
  </>
);

export const AuditEventDetail = () => {
  const { api } = useSession();
  const { id } = useParams({ from: '/audit/$id' });
  const { data, error, refetch } = useQuery(queryOptions(getAuditEvent, api, { id }));
  if (error) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHeader
        title={data ? toLabel(data.action) : 'Audit event'}
        above={
          <Link to="/audit" className={linkStyle}>
            Audit
          </Link>
        }
      >
        <CopyCall getCall={() => ({ action: getAuditEvent, input: { id } })} />
      </PageHeader>
      {data ? <Content event={data} /> : <FactsSkeleton rows={7} />}
    </>
  );
};
