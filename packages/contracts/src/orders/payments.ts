import type { Money } from '@plinth/contract-kit';

export type ChargeRequest = {
  readonly amount: Money;
  /** The payment method as the provider knows it, such as `pm_card_visa`. */
  readonly paymentMethod: string;
  /** The provider makes one charge for a key, however often it gets the request. At most 255 characters. */
  readonly key: string;
};

export type RefundRequest = {
  readonly chargeId: string;
  readonly amount: Money;
  /** The provider makes one refund for a key, also after days. At most 255 characters. */
  readonly key: string;
};

/** A refusal that the same request would get again. `reason` is a code of the provider, such as `insufficient_funds`. */
export type Declined = { readonly status: 'declined'; readonly reason: string };

export type ChargeOutcome = { readonly status: 'succeeded'; readonly chargeId: string } | Declined;
export type RefundOutcome = { readonly status: 'succeeded' } | Declined;

/**
 * The payment provider. An outcome is data. When the outcome is unknown, because there was no response or none that says it, both
 * throw, and the caller sends the same request with the same key again.
 */
export type Payments = {
  charge(request: ChargeRequest): Promise<ChargeOutcome>;
  refund(request: RefundRequest): Promise<RefundOutcome>;
};
