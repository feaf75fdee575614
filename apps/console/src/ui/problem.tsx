import { ProblemError } from '@plinth/service-actions';
import type { ReactNode } from 'react';
import { toLabel } from './badge.tsx';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';

/** The texts of a failure that a user reads. */
export type ProblemTexts = {
  readonly title: string;
  /** This occurrence. */
  readonly detail: string | undefined;
  readonly fix: string;
  readonly requestId: string | undefined;
};

/** The next step for failures without a response of the API. */
const fixes: Readonly<Record<string, string>> = {
  'connection-failed': 'Check your connection, and try again.',
  'timed-out': 'Try again in a moment.',
  'unexpected-response': 'Try again in a moment. A proxy may have responded instead of the API.',
  'token-unavailable': 'Sign in again.',
  'invalid-path': 'Follow a link of the console instead of changing the address.',
};

type Refusal = { readonly status: string; readonly legal: readonly string[] };

/** Says what the status of a resource allows, for a step that it does not allow. */
const toLegalSteps = ({ status, legal }: Refusal): string => {
  const steps = legal.map(toLabel).join(', ');
  return `The status is “${toLabel(status)}” now. ${steps ? `It allows: ${steps}.` : 'Nothing follows after it.'}`;
};

export const toTexts = (error: unknown): ProblemTexts => {
  if (!(error instanceof ProblemError)) {
    return {
      title: 'The console has failed.',
      detail: error instanceof Error ? error.message : undefined,
      fix: 'Reload the page.',
      requestId: undefined,
    };
  }
  const { problem } = error;
  if ('fix' in problem) {
    const { title, detail, fix, requestId } = problem;
    if (problem.code === 'illegal-transition') {
      const { data } = problem as unknown as { readonly data: Refusal };
      return { title, detail: toLegalSteps(data), fix: 'Choose one of these steps.', requestId };
    }
    return { title, detail: detail === title ? undefined : detail, fix, requestId };
  }
  const { title, code } = problem;
  return { title, detail: undefined, fix: fixes[code] ?? 'Try again.', requestId: undefined };
};

/** Shows the parts of a text between backticks as code. */
export const Prose = ({ text }: { readonly text: string }) =>
  text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={part} className="font-mono text-[0.9em]">
        {part}
      </code>
    ),
  );

export const RequestId = ({ value }: { readonly value: string }) => (
  <p className="flex items-center gap-1 text-xs text-muted">
    Request <code className="font-mono break-all">{value}</code>
    <CopyButton text={value} label="Copy the request id" />
  </p>
);

/** Shows a failure inside of a form or dialog. */
export const ProblemNotice = ({ error }: { readonly error: unknown }) => {
  const { title, detail, fix, requestId } = toTexts(error);
  return (
    <div role="alert" className="grid gap-1 rounded-md bg-danger-soft p-3 text-danger-text">
      <p className="font-medium">{title}</p>
      {detail !== undefined && (
        <p>
          <Prose text={detail} />
        </p>
      )}
      <p className="text-text">
        <Prose text={fix} />
      </p>
      {requestId !== undefined && <RequestId value={requestId} />}
    </div>
  );
};

type PageProps = {
  readonly error: unknown;
  readonly onRetry?: () => void;
  /** A next step that the API does not know. */
  readonly note?: ReactNode;
  /** Further next steps. */
  readonly children?: ReactNode;
};

/** Shows a failure in place of a screen. */
export const ProblemPage = ({ error, onRetry, note, children }: PageProps) => {
  const { title, detail, fix, requestId } = toTexts(error);
  return (
    <section role="alert" className="mx-auto grid max-w-lg justify-items-start gap-3 py-16">
      <h1 className="text-xl font-semibold">{title}</h1>
      {detail !== undefined && (
        <p className="text-muted">
          <Prose text={detail} />
        </p>
      )}
      <p>
        <Prose text={fix} />
      </p>
      {note && <p>{note}</p>}
      <div className="flex flex-wrap gap-2">
        {onRetry && (
          <Button look="primary" onClick={onRetry}>
            Try again
          </Button>
        )}
        {children}
      </div>
      {requestId !== undefined && <RequestId value={requestId} />}
    </section>
  );
};
