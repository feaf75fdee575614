import type { DeadMessage } from '@plinth/contract-kit';
import { getDeadMessage } from '@plinth/service-actions/operations';
import { queryOptions } from '@plinth/service-actions/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useSession } from '../session/session.ts';
import { CopyCall } from '../ui/copy-call.tsx';
import { Facts, FactsSkeleton, IdValue } from '../ui/facts.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ProblemPage } from '../ui/problem.tsx';
import { type Column, ResourceTable } from '../ui/resource-table.tsx';
import { buttonStyles, linkStyle } from '../ui/styles.ts';
import { Time } from '../ui/time.tsx';
import { UserLink } from '../ui/user-link.tsx';
import { Drop, Retry } from './message-changes.tsx';

type Failure = DeadMessage['failures'][number] & { readonly id: string };

const failureColumns: readonly Column<Failure>[] = [
  { label: 'Failure', render: ({ text }) => <span title={text}>{text}</span> },
  { label: 'Time', render: ({ at }) => <Time value={at} />, width: 'w-32 sm:w-36' },
];

const MessageFacts = ({ message }: { readonly message: DeadMessage }) => {
  const { name, module, aggregateId, actor, requestId, attempts, receivedAt, diedAt, id } = message;
  return (
    <Facts
      rows={[
        ['Job', `${name} of ${module}`],
        ['Resource', <IdValue key="resource" id={aggregateId} />],
        ['Caused by', actor.kind === 'user' ? <UserLink key="user" id={actor.id} /> : actor.id],
        ['Request', <IdValue key="request" id={requestId} />],
        ['Received', <Time key="received" value={receivedAt} />],
        ['Dead since', <Time key="died" value={diedAt} />],
        ['Attempts', attempts],
        ['Id', <IdValue key="id" id={id} />],
      ]}
    />
  );
};

/** Undefined while the message is being read. */
type FailuresProps = { readonly message: DeadMessage | undefined };

const Failures = ({ message }: FailuresProps) => (
  <section aria-labelledby="failures" className="mt-8 max-w-3xl">
    <h2 id="failures" className="mb-3 font-semibold">
      Failures
    </h2>
    <ResourceTable
      title="Failures"
      columns={failureColumns}
      items={message?.failures.map((failure, index) => ({ ...failure, id: String(index) })).toReversed()}
      empty={<p>No failure was recorded.</p>}
    />
    <p className="mt-3 text-xs text-muted">
      Newest first, at most 20. Those who run the product see the texts of internal errors.
    </p>
  </section>
);

/** A dead message with its failures, and the ways out of this state. */
export const MessageDetail = () => {
  const { api } = useSession();
  const { module, name, id } = useParams({ from: '/jobs/$module/$name/$id' });
  const { data, error, refetch } = useQuery(queryOptions(getDeadMessage, api, { module, id }));
  if (error) {
    const isGone = error.problem.code === 'not-found';
    return (
      <ProblemPage
        error={error}
        onRetry={() => void refetch()}
        note={isGone && 'The message is not dead any more: it was retried or dropped.'}
      >
        <Link to="/jobs/$module/$name" params={{ module, name }} className={buttonStyles.secondary}>
          {name}
        </Link>
      </ProblemPage>
    );
  }
  return (
    <>
      <PageHeader
        title={data?.event ?? 'Dead message'}
        above={
          <>
            <Link to="/jobs" className={linkStyle}>
              Jobs
            </Link>
            {' / '}
            <Link to="/jobs/$module/$name" params={{ module, name }} className={linkStyle}>
              {name}
            </Link>
          </>
        }
      >
        <CopyCall getCall={() => ({ action: getDeadMessage, input: { module, id } })} />
        {data && <Drop message={data} />}
        {data && <Retry message={data} />}
      </PageHeader>
      {data ? <MessageFacts message={data} /> : <FactsSkeleton rows={8} />}
      <Failures message={data} />
    </>
  );
};
