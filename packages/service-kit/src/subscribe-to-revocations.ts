import { type Revocations, revocationLifetimeMs } from '@plinth/auth';
import { tokensRevoked } from '@plinth/contract-kit';
import type { Clock, Datastore, Subscription } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';

type RevocationDeps = {
  readonly datastore: Datastore;
  /** The module whose journal holds the revocation events. */
  readonly module: string;
  readonly revocations: Revocations;
  readonly clock: Clock;
  readonly logger: Logger;
};

/**
 * Subscribes to token revocations, starting with the oldest that can concern a token that is still valid. An outage is
 * logged once; missed events are delivered after it.
 * @throws `StartupError` when the journal cannot be read.
 */
export const subscribeToRevocations = (deps: RevocationDeps): Promise<Subscription> => {
  const { datastore, module, revocations, clock, logger } = deps;
  return datastore.subscribe(
    {
      module,
      events: [tokensRevoked],
      since: new Date(clock.now().getTime() - revocationLifetimeMs),
      onDisconnect: (err) => logger.error('revocation-stream-lost', { err }),
      onReconnect: () => logger.info('revocation-stream-restored'),
    },
    ({ tenantId, at, aggregateId }) => revocations.revoke({ tenantId, subject: aggregateId, at }),
  );
};
