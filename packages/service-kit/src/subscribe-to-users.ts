import { type Revocations, revocationLifetimeMs } from '@plinth/auth';
import { tokensRevoked } from '@plinth/contract-kit';
import type { Clock, Datastore, Subscription } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import type { Metrics } from '@plinth/telemetry';
import type { Dependency } from './plugins/health.ts';
import type { SecurityEvents } from './security-events.ts';
import type { ServedUsers } from './server.ts';
import type { ServiceConfig } from './settings.ts';

type Deps = {
  readonly datastore: Datastore;
  readonly users: ServedUsers;
  readonly revocations: Revocations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly security: SecurityEvents;
};

/** The subscription of a host to changes of users: revocations of their tokens, and changes of their access. */
export type UserChanges = {
  /**
   * Starts with the oldest revocation that can concern a token that is still valid. An outage is logged once; missed events
   * are delivered after it.
   * @throws `StartupError` when the journal cannot be read.
   */
  start(deps: Deps): Promise<void>;
  /**
   * The checks of the readiness: degraded during an outage, and not ready when revocations may have been missing for longer than
   * the setting says.
   */
  dependencies(settings: Pick<ServiceConfig, 'REVOCATIONS_AGE_MAX_SECONDS'>): readonly Dependency[];
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

/** Creates the subscription of a host to changes of users, and the metric of its age. */
export const createUserChanges = (metrics: Metrics): UserChanges => {
  let subscription: Subscription | undefined;
  let isInterrupted = false;
  const ageMs = (): number => subscription?.ageMs() ?? Number.POSITIVE_INFINITY;
  metrics.gauge({
    name: 'revocations_age_seconds',
    help: 'The time for which a token may have been revoked without this process knowing.',
    read: () => ageMs() / 1000,
  });
  return {
    start: async ({ datastore, users, revocations, clock, logger, security }) => {
      subscription = await datastore.subscribe(
        {
          module: users.module.name,
          events: [tokensRevoked, ...users.changedBy],
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
        ({ name, tenantId, at, aggregateId: subject, payload }) => {
          users.access.forget({ tenantId, subject });
          if (name !== tokensRevoked.name) return;
          const rolesOnly = payload['rolesOnly'] === true;
          revocations.revoke({ tenantId, subject, at, rolesOnly });
          const fields = { tenantId, actorId: subject, rolesOnly, revokedAt: at };
          // A suspension in the minute of a change of roles has a line of its own.
          security.record('tokens-revoked', `${tenantId} ${subject} ${rolesOnly}`, fields);
        },
      );
    },
    dependencies: ({ REVOCATIONS_AGE_MAX_SECONDS: ageMaxSeconds }) => {
      const isOld = (): boolean => ageMs() > ageMaxSeconds * 1000;
      return [
        createCheck(true, () => !isOld()),
        // A dependency that is missing is not listed as degraded too.
        createCheck(false, () => (!isInterrupted && ageMs() < lateMs) || isOld()),
      ];
    },
    stop: async () => subscription?.stop(),
  };
};
