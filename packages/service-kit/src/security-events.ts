import { type RejectionReason, rejectionReasons } from '@plinth/auth';
import type { Fields, Logger } from '@plinth/logger';
import type { Metrics } from '@plinth/telemetry';

const events = [
  'sign-in-failed',
  'permission-denied',
  'tokens-revoked',
  'export-started',
  'key-added',
  'key-retired',
] as const;
export type SecurityEvent = (typeof events)[number];

/** The security events of a process: counted all, and written to the security stream of the log. */
export type SecurityEvents = {
  /**
   * Writes the first event of a `source`, such as a client network, in each minute. Further ones are counted, and written as one
   * line with `repeated` at the end of the minute.
   */
  record(event: SecurityEvent, source: string, fields: Fields): void;
  /** Records `sign-in-failed`. */
  signInFailed(reason: RejectionReason, source: string, fields: Fields): void;
  /** Writes the lines of the current minute. */
  stop(): void;
};

const windowMs = 60_000;

/** The sources that have lines of their own in a minute. Those of all others are counted together. */
const sourcesMax = 500;

type Repeated = { readonly event: SecurityEvent; readonly fields: Fields; count: number };

/** Creates the security events of a process. A flood of them costs a bounded number of lines and a bounded amount of memory. */
export const createSecurityEvents = ({ logger, metrics }: { logger: Logger; metrics: Metrics }): SecurityEvents => {
  const total = metrics.counter({
    name: 'security_events_total',
    help: 'Security events, also those that the log shows only as a number.',
    labels: { event: events },
  });
  const failures = metrics.counter({
    name: 'sign_in_failures_total',
    help: 'Requests that were not authenticated, by reason.',
    labels: { reason: rejectionReasons },
  });
  const sources = new Map<string, Repeated>();

  const writeRepeated = (): void => {
    for (const { event, fields, count } of sources.values()) {
      if (count > 0) logger.security(event, { ...fields, repeated: count });
    }
    sources.clear();
  };
  const timer = setInterval(writeRepeated, windowMs).unref();

  const record: SecurityEvents['record'] = (event, source, fields) => {
    total.labels({ event }).inc();
    const known = sources.get(`${event} ${source}`);
    if (known) known.count += 1;
    else if (sources.size < sourcesMax) {
      sources.set(`${event} ${source}`, { event, fields, count: 0 });
      logger.security(event, fields);
    } else {
      const others = sources.get(event) ?? { event, fields: { source: 'others' }, count: 0 };
      others.count += 1;
      sources.set(event, others);
    }
  };

  return {
    record,
    signInFailed: (reason, source, fields) => {
      failures.labels({ reason }).inc();
      record('sign-in-failed', `${reason} ${source}`, { reason, ...fields });
    },
    stop: () => {
      clearInterval(timer);
      writeRepeated();
    },
  };
};
