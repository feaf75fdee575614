import type { ChargeOutcome, Declined, Payments } from '@plinth/contracts/orders';
import Stripe from 'stripe';
import { toProviderAmount } from './provider-amount.ts';

export type StripeOptions = {
  readonly secretKey: string;
  /** The address of Stripe, without a path. */
  readonly url: string;
  /** Has the time limit, the retries and the breaker. */
  readonly fetch: typeof fetch;
};

/** Longer than all attempts of `fetch`, whose time limits decide. */
const timeoutMs = 80_000;

const createClient = ({ secretKey, url, fetch }: StripeOptions): Stripe => {
  const { protocol, hostname, port } = new URL(url);
  const isPlain = protocol === 'http:';
  return new Stripe(secretKey, {
    protocol: isPlain ? 'http' : 'https',
    host: hostname,
    port: port || (isPlain ? 80 : 443),
    httpClient: Stripe.createFetchHttpClient(fetch),
    maxNetworkRetries: 0,
    timeout: timeoutMs,
    telemetry: false,
  });
};

const decline = (reason: string): Declined => ({ status: 'declined', reason });

/** The parameters and codes by which a request is refused for what it asks. Other errors are faults of a system. */
const refusedParameters: readonly (string | undefined)[] = ['payment_method', 'amount', 'currency'];
const refusedCodes: readonly (string | undefined)[] = ['charge_already_refunded', 'resource_missing'];

/** Returns the refusal that an error of Stripe states. @throws every other error: it does not say that nothing happened. */
const toDeclined = (error: unknown): Declined => {
  if (error instanceof Stripe.errors.StripeCardError)
    return decline(error.decline_code ?? error.code ?? 'card_declined');
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
  if (!refusedParameters.includes(error.param) && !refusedCodes.includes(error.code)) throw error;
  return decline(error.code ?? `invalid_${error.param}`);
};

const declinedStatuses: readonly string[] = ['requires_payment_method', 'requires_action', 'canceled'];

/** @throws while Stripe has not decided. The same request says so later. */
const toOutcome = ({ id, status, last_payment_error: error }: Stripe.PaymentIntent): ChargeOutcome => {
  if (status === 'succeeded') return { status: 'succeeded', chargeId: id };
  if (declinedStatuses.includes(status)) return decline(error?.decline_code ?? error?.code ?? status);
  throw new Error(`Stripe has not decided about ${id}: its status is ${status}.`);
};

/** Creates payments by Stripe. Keys are those of Stripe, which remembers them for a day at least, and those of refunds for good. */
export const createStripePayments = (options: StripeOptions): Payments => {
  const { paymentIntents, refunds } = createClient(options);
  /** A refund may be repeated after days, when its message was dead. */
  const findRefund = async (chargeId: string, key: string): Promise<Stripe.Refund | undefined> => {
    for await (const refund of refunds.list({ payment_intent: chargeId, limit: 100 })) {
      if (refund.metadata?.['key'] === key) return refund;
    }
    return undefined;
  };
  return {
    charge: async ({ amount, paymentMethod, key }) => {
      try {
        const created = await paymentIntents.create(
          {
            ...toProviderAmount(amount),
            payment_method: paymentMethod,
            confirm: true,
            // No customer is present to confirm the payment on a page of the bank.
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            error_on_requires_action: true,
            metadata: { key },
          },
          { idempotencyKey: key },
        );
        // The response to a key is always the first one, whatever happened since.
        return toOutcome(created.status === 'processing' ? await paymentIntents.retrieve(created.id) : created);
      } catch (error) {
        return toDeclined(error);
      }
    },
    refund: async ({ chargeId, amount, key }) => {
      try {
        const found = await findRefund(chargeId, key);
        const params = { payment_intent: chargeId, amount: toProviderAmount(amount).amount, metadata: { key } };
        const { status, failure_reason: reason } = found ?? (await refunds.create(params, { idempotencyKey: key }));
        return status === 'failed' || status === 'canceled' ? decline(reason ?? status) : { status: 'succeeded' };
      } catch (error) {
        return toDeclined(error);
      }
    },
  };
};
