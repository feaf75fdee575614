import { type Revocations, revocationLifetimeMs } from '@plinth/auth';
import { tokensRevoked } from '@plinth/contract-kit';
import type { Clock, Datastore, Subscription } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import type { Metrics } from '@plinth/telemetry';
import type { Dependency } from './plugins/health.ts';

type RevocationDeps = {
  readonly datastore: Datastore;
  /** The module whose journal holds the revocation events. */
  readonly module: string;
  readonly revocations: Revocations;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** The subscription of a host to revocations. */
export type RevocationStream = {
  /**
   * Starts with the oldest revocation that can concern a token that is still valid. An outage is logged once; missed events
   * are delivered after it.
   * @throws `StartupError` when the journal cannot be read.
   */
  start(deps: RevocationDeps): Promise<void>;
  /**
   * The checks of the readiness: degraded during an outage, and not ready when revocations may have been missing for longer than
   * `ageMaxMs`.
   */
  dependencies(ageMaxMs: number): readonly Dependency[];
  stop(): Promise<void>;
};

/** The age is below three seconds while the datastore responds. */
const lateMs = 5000;

const createCheck = (required: boolean, isUp: () => boolean): Dependency => ({
  name: 'revocations',
  required,
  check: async () => {
    if (!isUp()) throw new Error('Revocations may be missing.');
  },
});

/** Creates the stream of revocations of a host, and the metric of its age. */
export const createRevocationStream = (metrics: Metrics): RevocationStream => {
  let subscription: Subscription | undefined;
  let isInterrupted = false;
  const ageMs = (): number => subscription?.ageMs() ?? Number.POSITIVE_INFINITY;
  metrics.gauge({
    name: 'revocations_age_seconds',
    help: 'The time for which a token may have been revoked without this process knowing.',
    read: () => ageMs() / 1000,
  });
  return {
    start: async ({ datastore, module, revocations, clock, logger }) => {
      subscription = await datastore.subscribe(
        {
          module,
          events: [tokensRevoked],
          since: new Date(clock.now().getTime() - revocationLifetimeMs),
          onDisconnect: (err) => {
            isInterrupted = true;
            logger.error('revocation-stream-lost', { err });
          },
          onReconnect: () => {
            isInterrupted = false;
            logger.info('revocation-stream-restored');
          },
        },
        ({ tenantId, at, aggregateId, payload }) =>
          revocations.revoke({ tenantId, subject: aggregateId, at, rolesOnly: payload['rolesOnly'] === true }),
      );
    },
    dependencies: (ageMaxMs) => [
      createCheck(true, () => ageMs() <= ageMaxMs),
      // Named once: what is missing is not degraded as well.
      createCheck(false, () => (!isInterrupted && ageMs() < lateMs) || ageMs() > ageMaxMs),
    ],
    stop: async () => subscription?.stop(),
  };
};
