import { type Revocations, revocationLifetimeMs } from '@plinth/auth';
import { sessionEnded, tokensRevoked } from '@plinth/contract-kit';
import type { Clock, Datastore, DeliveredEvent, Subscription, SubscriptionOptions } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import type { Metrics } from '@plinth/telemetry';
import type { IssuedKeys } from './issued-keys.ts';
import type { Dependency } from './plugins/health.ts';
import type { SecurityEvents } from './security-events.ts';
import type { ServedIssuer, ServedUsers } from './server.ts';
import type { ServiceConfig } from './settings.ts';

type Deps = {
  readonly datastore: Datastore;
  /** The module that stores users. */
  readonly users: ServedUsers | undefined;
  /** The module that stores sessions and the keys of tokens, and the keys that it has. */
  readonly issuer?: (ServedIssuer & { readonly keys: Pick<IssuedKeys, 'reload'> }) | undefined;
  readonly revocations: Revocations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly security: SecurityEvents;
};

/** The subscriptions of a host to changes of users and of sessions: revocations of tokens, and changes of access. */
export type UserChanges = {
  /**
   * Starts with the oldest revocation that can concern a token that is still valid. An outage is logged once; missed events
   * are delivered after it.
   * @throws `StartupError` when a journal cannot be read.
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

const createUserListener =
  (users: ServedUsers, { revocations, security }: Deps) =>
  ({ name, tenantId, at, aggregateId: subject, payload }: DeliveredEvent): void => {
    if (users.changedForAllBy.some((event) => event.name === name)) {
      users.access.forgetAll(tenantId);
      return;
    }
    users.access.forget({ tenantId, subject });
    if (name !== tokensRevoked.name) return;
    const rolesOnly = payload['rolesOnly'] === true;
    revocations.revoke({ tenantId, subject, at, rolesOnly });
    const fields = { tenantId, actorId: subject, rolesOnly, revokedAt: at };
    // A suspension in the minute of a change of roles has a line of its own.
    security.record('tokens-revoked', `${tenantId} ${subject} ${rolesOnly}`, fields);
  };

const createSessionListener =
  (issuer: NonNullable<Deps['issuer']>, { revocations }: Deps) =>
  ({ name, aggregateId }: DeliveredEvent): void => {
    if (name === sessionEnded.name) revocations.endSession(aggregateId);
    else issuer.keys.reload();
  };

/** Subscribes to the changes of users, and to those of sessions and keys. `interrupted` gets the modules whose journals cannot be read. */
const subscribe = (deps: Deps, interrupted: Set<string>): Promise<Subscription[]> => {
  const { datastore, users, issuer, clock, logger } = deps;
  const toOptions = (
    { module: { name: module } }: ServedUsers | ServedIssuer,
    events: SubscriptionOptions['events'],
  ): SubscriptionOptions => ({
    module,
    events,
    since: new Date(clock.now().getTime() - revocationLifetimeMs),
    onDisconnect: (err) => {
      interrupted.add(module);
      logger.error('revocation-stream-lost', { module, err });
    },
    onReconnect: () => {
      interrupted.delete(module);
      logger.info('revocation-stream-restored', { module });
    },
  });
  const opening: Promise<Subscription>[] = [];
  if (users) {
    const options = toOptions(users, [tokensRevoked, ...users.changedBy, ...users.changedForAllBy]);
    opening.push(datastore.subscribe(options, createUserListener(users, deps)));
  }
  if (issuer) {
    const options = toOptions(issuer, [sessionEnded, ...issuer.changedBy]);
    opening.push(datastore.subscribe(options, createSessionListener(issuer, deps)));
  }
  return Promise.all(opening);
};

/** Creates the subscriptions of a host to changes of users and sessions, and the metric of their age. */
export const createUserChanges = (metrics: Metrics): UserChanges => {
  let subscriptions: readonly Subscription[] | undefined;
  const interrupted = new Set<string>();
  const ageMs = (): number =>
    subscriptions
      ? Math.max(0, ...subscriptions.map((subscription) => subscription.ageMs()))
      : Number.POSITIVE_INFINITY;
  metrics.gauge({
    name: 'revocations_age_seconds',
    help: 'The time for which a token may have been revoked without this process knowing.',
    read: () => ageMs() / 1000,
  });
  return {
    start: async (deps) => {
      subscriptions = await subscribe(deps, interrupted);
    },
    dependencies: ({ REVOCATIONS_AGE_MAX_SECONDS: ageMaxSeconds }) => {
      const isOld = (): boolean => ageMs() > ageMaxSeconds * 1000;
      return [
        createCheck(true, () => !isOld()),
        // A dependency that is missing is not listed as degraded too.
        createCheck(false, () => (interrupted.size === 0 && ageMs() < lateMs) || isOld()),
      ];
    },
    stop: async () => void (await Promise.all((subscriptions ?? []).map((subscription) => subscription.stop()))),
  };
};
