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

/**
 * The sources of each event that have lines of their own in a minute. Those of all others are counted together. They are counted
 * for each event, so that a flood of bad tokens hides no export.
 */
const sourcesMax = 500;

type Repeated = { readonly fields: Fields; count: number };

const others = 'others';

/** Counts the events of each source, and writes the first one. */
const createSources = (logger: Logger) => {
  const sources = Object.fromEntries(events.map((event) => [event, new Map()])) as Record<
    SecurityEvent,
    Map<string, Repeated>
  >;
  return {
    add: (event: SecurityEvent, source: string, fields: Fields): void => {
      const known = sources[event];
      const isOther = !known.has(source) && known.size >= sourcesMax;
      const key = isOther ? others : source;
      const repeated = known.get(key);
      if (repeated) repeated.count += 1;
      else if (isOther) known.set(key, { fields: { source: others }, count: 1 });
      else {
        known.set(key, { fields, count: 0 });
        logger.security(event, fields);
      }
    },
    writeRepeated: (): void => {
      for (const event of events) {
        for (const { fields, count } of sources[event].values()) {
          if (count > 0) logger.security(event, { ...fields, repeated: count });
        }
        sources[event].clear();
      }
    },
  };
};

/** Creates the security events of a process. A flood of them costs a bounded number of lines and a bounded amount of memory. */
export const createSecurityEvents = ({ logger, metrics }: { logger: Logger; metrics: Metrics }): SecurityEvents => {
  const total = metrics.counter({
    name: 'security_events_total',
    help: 'Security events, including those that the log shows only as a number.',
    labels: { event: events },
  });
  const failures = metrics.counter({
    name: 'sign_in_failures_total',
    help: 'Requests that were not authenticated, by reason.',
    labels: { reason: rejectionReasons },
  });
  const sources = createSources(logger);
  const timer = setInterval(sources.writeRepeated, windowMs).unref();

  const record: SecurityEvents['record'] = (event, source, fields) => {
    total.labels({ event }).inc();
    sources.add(event, source, fields);
  };

  return {
    record,
    signInFailed: (reason, source, fields) => {
      failures.labels({ reason }).inc();
      record('sign-in-failed', `${reason} ${source}`, { reason, ...fields });
    },
    stop: () => {
      clearInterval(timer);
      sources.writeRepeated();
    },
  };
};
