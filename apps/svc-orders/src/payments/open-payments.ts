import type { Config } from '@plinth/config';
import type { Payments } from '@plinth/contracts/orders';
import { StartupError } from '@plinth/data-kit';
import type { PortDeps, WorkerConfig } from '@plinth/service-kit';
import { createLocalPayments } from './local.ts';
import type { paymentSettings } from './settings.ts';

type PaymentConfig = Config<typeof paymentSettings> & Pick<WorkerConfig, 'NODE_ENV'>;

/** Two attempts and their pauses end before the time limit of a step. */
const timeoutMs = 10_000;
const retriesMax = 1;

/** @throws `StartupError` in production without the key of a provider, for a key that charges nothing, or when the key would be sent without TLS. */
export const openPayments = async (
  { NODE_ENV, STRIPE_SECRET_KEY: secretKey, STRIPE_TEST_MODE: isTestMode, STRIPE_URL: url }: PaymentConfig,
  { outbound }: PortDeps,
): Promise<Payments> => {
  if (secretKey === undefined) {
    if (NODE_ENV !== 'production') return createLocalPayments();
    throw new StartupError(
      "The module 'orders' charges orders and has no payment provider. Set STRIPE_SECRET_KEY, or run the module in another worker.",
    );
  }
  if (NODE_ENV === 'production' && !url.startsWith('https:')) {
    throw new StartupError('STRIPE_URL would send the secret key without TLS. Begin it with https://, or remove it.');
  }
  if (NODE_ENV === 'production' && /^[a-z]+_test_/.test(secretKey) && !isTestMode) {
    throw new StartupError(
      'STRIPE_SECRET_KEY is a test key, by which orders are paid without a charge. Set a live key, or STRIPE_TEST_MODE=true in a staging system.',
    );
  }
  const { fetch } = outbound.open('stripe', { timeoutMs, retriesMax });
  // Loaded only where it is used, because it takes 35 MB of memory.
  const { createStripePayments } = await import('./stripe.ts');
  return createStripePayments({ secretKey, url, fetch });
};
