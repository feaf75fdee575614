/** A request as it arrived. */
export type StripeRequest = { readonly path: string; readonly key: string | undefined; readonly form: string };

export type StripeResponse = { readonly status: number; readonly body: object };

type Refund = { readonly payment_intent: string; readonly metadata: { readonly key: string | null } };
type Charge = { readonly id: string; readonly amount: number; readonly currency: string; refunded: number };

/** The money that moved. */
export type StripeLedger = {
  readonly charges: ReadonlyMap<string, Readonly<Charge>>;
  /** Returns what was charged and not refunded, in the smallest unit of any currency. */
  balance(): number;
};

const refuse = (status: number, error: object): StripeResponse => ({
  status,
  body: { error: { message: 'Refused.', type: 'invalid_request_error', ...error } },
});

const declineCodes: Readonly<Record<string, string>> = {
  pm_card_visa_chargeDeclined: 'generic_decline',
  pm_card_visa_chargeDeclinedInsufficientFunds: 'insufficient_funds',
  pm_card_chargeDeclinedExpiredCard: 'expired_card',
};

/** Creates what the server responds. The first response to a key is the response to each request with that key. */
export const createResponses = () => {
  const charges = new Map<string, Charge>();
  const refunds: Refund[] = [];
  const responses = new Map<string, { readonly form: string; readonly response: StripeResponse }>();
  let created = 0;
  const nextId = (prefix: string): string => {
    created += 1;
    return `${prefix}_test${created}`;
  };

  const charge = (form: URLSearchParams): StripeResponse => {
    const method = form.get('payment_method') ?? '';
    const code = declineCodes[method];
    if (code) return refuse(402, { type: 'card_error', code: 'card_declined', decline_code: code });
    if (!method.startsWith('pm_card_')) return refuse(404, { code: 'resource_missing', param: 'payment_method' });
    const [amount, currency] = [Number(form.get('amount')), form.get('currency') ?? ''];
    if (!(amount >= 1)) return refuse(400, { code: 'parameter_invalid_integer', param: 'amount' });
    const id = nextId('pi');
    charges.set(id, { id, amount, currency, refunded: 0 });
    return {
      status: 200,
      body: { id, object: 'payment_intent', amount, currency, status: 'succeeded', last_payment_error: null },
    };
  };

  const refund = (form: URLSearchParams): StripeResponse => {
    const found = charges.get(form.get('payment_intent') ?? '');
    if (!found) return refuse(404, { code: 'resource_missing', param: 'payment_intent' });
    const amount = Number(form.get('amount'));
    if (amount + found.refunded > found.amount) return refuse(400, { code: 'charge_already_refunded' });
    found.refunded += amount;
    const { id: payment_intent, currency } = found;
    const metadata = { key: form.get('metadata[key]') };
    const body = {
      id: nextId('re'),
      object: 'refund',
      amount,
      currency,
      metadata,
      payment_intent,
      status: 'succeeded',
    };
    refunds.push(body);
    return { status: 200, body };
  };

  const listRefunds = (query: URLSearchParams): StripeResponse => {
    const data = refunds.filter(({ payment_intent }) => payment_intent === query.get('payment_intent'));
    return { status: 200, body: { object: 'list', url: '/v1/refunds', has_more: false, data } };
  };

  const paths: Readonly<Record<string, (form: URLSearchParams) => StripeResponse>> = {
    '/v1/payment_intents': charge,
    '/v1/refunds': refund,
  };
  const ledger: StripeLedger = {
    charges,
    balance: () => [...charges.values()].reduce((sum, { amount, refunded }) => sum + amount - refunded, 0),
  };
  const respond = ({ path, key, form }: StripeRequest): StripeResponse => {
    const [, query] = path.split('/v1/refunds?');
    if (query !== undefined) return listRefunds(new URLSearchParams(query));
    const earlier = key === undefined ? undefined : responses.get(key);
    if (earlier) return earlier.form === form ? earlier.response : refuse(400, { type: 'idempotency_error' });
    const response = paths[path]?.(new URLSearchParams(form)) ?? refuse(404, {});
    if (key !== undefined) responses.set(key, { form, response });
    return response;
  };
  return { respond, ledger, forgetKeys: () => responses.clear() };
};
