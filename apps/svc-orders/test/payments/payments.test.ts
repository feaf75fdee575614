import { paymentsSuite } from '@plinth/actions/orders/testing';
import { createOutbound } from '@plinth/outbound';
import { createMetrics } from '@plinth/telemetry';
import { createId, type StripeServer, startStripeServer } from '@plinth/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLocalPayments } from '../../src/payments/local.ts';
import { openPayments } from '../../src/payments/open-payments.ts';
import { toProviderAmount } from '../../src/payments/provider-amount.ts';
import { createStripePayments } from '../../src/payments/stripe.ts';
import { useStripeMock } from './stripe-mock.ts';

const secretKey = 'sk_test_0123456789abcdefghijklmn';
const visa = { amount: { amount: 3750, currency: 'EUR' }, paymentMethod: 'pm_card_visa' };

const openStripe = (url: string, timeoutMs = 2000) => {
  const target = createOutbound({ metrics: createMetrics() }).open('stripe', { timeoutMs, retriesMax: 1 });
  return createStripePayments({ secretKey, url, fetch: target.fetch });
};

let stripe: StripeServer;
beforeAll(async () => {
  stripe = await startStripeServer();
});
beforeEach(() => {
  stripe.onRequest = () => undefined;
});
afterAll(() => stripe.close());

describe('the local provider', () => paymentsSuite(createLocalPayments));

describe('Stripe', () => {
  paymentsSuite(() => openStripe(stripe.url));

  it.each(['away', 'lost', 'error'] as const)('charges once when the first request is %s', async (fault) => {
    const before = stripe.ledger.balance();
    let isFirst = true;
    stripe.onRequest = () => {
      const result = isFirst ? fault : undefined;
      isFirst = false;
      return result;
    };
    expect(await openStripe(stripe.url).charge({ ...visa, key: createId() })).toMatchObject({ status: 'succeeded' });
    expect(stripe.ledger.balance() - before).toBe(3750);
  });

  it('throws when the outcome is unknown, and a later request with the key has it', async () => {
    const before = stripe.ledger.balance();
    const request = { ...visa, key: createId() };
    stripe.onRequest = () => 'lost';
    await expect(openStripe(stripe.url).charge(request)).rejects.toThrow(/connection/);
    stripe.onRequest = () => 'hang';
    await expect(openStripe(stripe.url, 30).charge(request)).rejects.toThrow();
    stripe.onRequest = () => undefined;
    expect(await openStripe(stripe.url).charge(request)).toMatchObject({ status: 'succeeded' });
    expect(stripe.ledger.balance() - before).toBe(3750);
  });

  it('throws when a key was used for another request', async () => {
    const payments = openStripe(stripe.url);
    const request = { ...visa, key: createId() };
    await payments.charge(request);
    const other = { ...request, amount: { amount: 1, currency: 'EUR' } };
    await expect(payments.charge(other)).rejects.toThrow('Refused.');
  });

  it('refunds once for a key after a lost response, also when Stripe has forgotten the key', async () => {
    const payments = openStripe(stripe.url);
    const charged = await payments.charge({ ...visa, key: createId() });
    const chargeId = charged.status === 'succeeded' ? charged.chargeId : expect.fail();
    const before = stripe.ledger.balance();
    const request = { chargeId, amount: { amount: 750, currency: 'EUR' }, key: createId() };
    stripe.onRequest = ({ form }) => (form === '' ? undefined : 'lost');
    await expect(payments.refund(request)).rejects.toThrow(/connection/);
    stripe.onRequest = () => undefined;
    stripe.forgetKeys();
    expect(await payments.refund(request)).toEqual({ status: 'succeeded' });
    expect(before - stripe.ledger.balance()).toBe(750);
  });

  it('declines an unknown payment method', async () => {
    const outcome = await openStripe(stripe.url).charge({ ...visa, paymentMethod: 'pm_unknown', key: createId() });
    expect(outcome).toEqual({ status: 'declined', reason: 'resource_missing' });
  });

  it('throws for a secret key that is refused', async () => {
    const unauthorized = async () => Response.json({ error: { message: 'Invalid API Key' } }, { status: 401 });
    const payments = createStripePayments({ secretKey, url: stripe.url, fetch: unauthorized });
    await expect(payments.charge({ ...visa, key: 'k' })).rejects.toThrow('Invalid API Key');
    await expect(payments.refund({ chargeId: 'pi_1', amount: visa.amount, key: 'k' })).rejects.toThrow(
      'Invalid API Key',
    );
  });

  it.each([
    ['processing', 'succeeded', { status: 'succeeded', chargeId: 'pi_1' }],
    ['processing', 'canceled', { status: 'declined', reason: 'canceled' }],
  ])('reads a payment that was %s again: %s', async (first, second, outcome) => {
    const statuses = [first, second];
    const respond = async () => Response.json({ id: 'pi_1', status: statuses.shift(), last_payment_error: null });
    const payments = createStripePayments({ secretKey, url: stripe.url, fetch: respond });
    expect(await payments.charge({ ...visa, key: 'k' })).toEqual(outcome);
  });

  it('throws while Stripe has not decided', async () => {
    const respond = async () => Response.json({ id: 'pi_1', status: 'processing', last_payment_error: null });
    const payments = createStripePayments({ secretKey, url: stripe.url, fetch: respond });
    await expect(payments.charge({ ...visa, key: 'k' })).rejects.toThrow('its status is processing');
  });

  it('declines a refund that failed', async () => {
    const refund = { id: 're_1', status: 'failed', failure_reason: 'lost_or_stolen_card', metadata: { key: 'k' } };
    const respond = async () => Response.json({ object: 'list', has_more: false, data: [refund] });
    const payments = createStripePayments({ secretKey, url: stripe.url, fetch: respond });
    const outcome = await payments.refund({ chargeId: 'pi_1', amount: visa.amount, key: 'k' });
    expect(outcome).toEqual({ status: 'declined', reason: 'lost_or_stolen_card' });
  });
});

describe('stripe-mock', () => {
  const test = useStripeMock();

  test('accepts the requests, and has every field of the responses that the tests play', async ({ stripeMock }) => {
    const played = openStripe(stripe.url);
    const from = stripe.requests.length;
    const charged = await played.charge({ ...visa, key: createId() });
    const chargeId = charged.status === 'succeeded' ? charged.chargeId : expect.fail();
    await played.refund({ chargeId, amount: visa.amount, key: createId() });
    const requests = stripe.requests.slice(from).filter(({ form }) => form !== '');
    expect(requests.map(({ path }) => path)).toEqual(['/v1/payment_intents', '/v1/refunds']);
    for (const { path, form: body, key = '' } of requests) {
      const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/x-www-form-urlencoded' };
      const [mocked, own] = await Promise.all(
        [stripeMock, stripe.url].map(async (url) => {
          const init = { method: 'POST', body, headers: { ...headers, 'idempotency-key': key } };
          const response = await fetch(`${url}${path}`, init);
          return { status: response.status, body: (await response.json()) as object };
        }),
      );
      expect(mocked?.status, JSON.stringify(mocked?.body)).toBe(200);
      expect(own?.status).toBe(200);
      expect(Object.keys(mocked?.body ?? {})).toEqual(expect.arrayContaining(Object.keys(own?.body ?? {})));
    }
  });

  test('is understood: it never completes a payment, and completes a refund', async ({ stripeMock }) => {
    const payments = openStripe(stripeMock);
    const charged = await payments.charge({ ...visa, key: createId() });
    expect(charged).toEqual({ status: 'declined', reason: 'requires_payment_method' });
    const refunded = await payments.refund({ chargeId: 'pi_1', amount: visa.amount, key: createId() });
    expect(refunded).toEqual({ status: 'succeeded' });
  });
});

describe('the choice of a provider', () => {
  type PaymentConfig = Parameters<typeof openPayments>[0];
  const open = (config: Pick<PaymentConfig, 'NODE_ENV' | 'STRIPE_SECRET_KEY'> & Partial<PaymentConfig>) =>
    openPayments(
      { STRIPE_URL: 'https://api.stripe.com', STRIPE_TEST_MODE: false, ...config },
      { outbound: createOutbound({ metrics: createMetrics() }) },
    );

  it('boundary: is Stripe by TLS in production, and never the provider that charges nothing', async () => {
    const NODE_ENV = 'production';
    const STRIPE_SECRET_KEY = secretKey.replace('_test_', '_live_');
    await expect(open({ NODE_ENV, STRIPE_SECRET_KEY: undefined })).rejects.toThrow('has no payment provider');
    for (const STRIPE_URL of ['http://127.0.0.1:12111', 'HTTP://api.stripe.com', 'Http://https:@x']) {
      await expect(open({ NODE_ENV, STRIPE_SECRET_KEY, STRIPE_URL })).rejects.toThrow('without TLS');
    }
    expect(await open({ NODE_ENV, STRIPE_SECRET_KEY })).toHaveProperty('charge');
    await expect(open({ NODE_ENV, STRIPE_SECRET_KEY: secretKey })).rejects.toThrow('is a test key');
    expect(await open({ NODE_ENV, STRIPE_SECRET_KEY: secretKey, STRIPE_TEST_MODE: true })).toHaveProperty('charge');
    expect(await open({ NODE_ENV: 'test', STRIPE_SECRET_KEY, STRIPE_URL: stripe.url })).toHaveProperty('refund');
  });
});

it.each([
  ['EUR', 3750, 3750],
  ['JPY', 500, 500],
  ['ISK', 500, 50_000],
  ['UGX', 500, 50_000],
  ['MGA', 50_000, 500],
])('an amount in %s is sent in the unit of the provider', (currency, amount, sent) => {
  expect(toProviderAmount({ amount, currency })).toEqual({ amount: sent, currency: currency.toLowerCase() });
});
