import { type Revocations, revocationLifetimeMs } from '@plinth/auth';
import { tokensRevoked } from '@plinth/contract-kit';
import { type Clock, type Datastore, type Subscription } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';

type Parts = {
  readonly datastore: Datastore;
  /** The module whose journal tells that tokens were revoked. */
  readonly module: string;
  readonly revocations: Revocations;
  readonly clock: Clock;
  readonly logger: Logger;
};

/**
 * Makes `revocations` learn what is revoked anywhere: at once what concerns tokens that may live still, and from then
 * on what happens, until it is stopped. An outage is logged once, as `revocations-lost`, and its end as
 * `revocations-back`; what was revoked meanwhile is learned then.
 * @throws `StartupError` when the journal cannot be followed.
 */
export const followRevocations = ({ datastore, module, revocations, clock, logger }: Parts): Promise<Subscription> =>
  datastore.subscribe(
    {
      module,
      event: tokensRevoked,
      since: new Date(clock.now().getTime() - revocationLifetimeMs),
      clock,
      onDisconnect: (err) => logger.error('revocations-lost', { err }),
      onReconnect: () => logger.info('revocations-back'),
    },
    ({ tenantId, at, payload }) => revocations.revoke({ tenantId, subject: payload.subject, at }),
  );
