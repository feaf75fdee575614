import { expect, it, onTestFinished } from 'vitest';
import { startStripeServer } from './stripe-server.ts';

// The port suite of payments, in apps/svc-orders, tests charges, refunds, keys and refusals.

const post = (url: string, form: Record<string, string>, key = 'k'): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(form), headers: { 'idempotency-key': key } });

it('counts the money, also of requests whose response is lost, and fails where a test says so', async () => {
  const stripe = await startStripeServer();
  onTestFinished(() => stripe.close());
  const visa = { payment_method: 'pm_card_visa', amount: '100', currency: 'eur' };
  const charge = () => post(`${stripe.url}/v1/payment_intents`, visa);
  stripe.onRequest = () => 'away';
  await expect(charge()).rejects.toThrow('fetch failed');
  stripe.onRequest = () => 'error';
  expect((await charge()).status).toBe(500);
  expect(stripe.ledger.balance()).toBe(0);
  stripe.onRequest = () => 'lost';
  await expect(charge()).rejects.toThrow('fetch failed');
  stripe.onRequest = () => undefined;
  const { id } = (await (await charge()).json()) as { id: string };
  expect(stripe.ledger.balance()).toBe(100);
  const refund = (amount: string, key: string) => post(`${stripe.url}/v1/refunds`, { payment_intent: id, amount }, key);
  expect((await refund('60', 'a')).status).toBe(200);
  expect((await refund('60', 'b')).status).toBe(400);
  expect((await refund('61', 'a')).status, 'the key of another request').toBe(400);
  expect((await post(`${stripe.url}/v1/lamps`, {})).status).toBe(400);
  expect(stripe.ledger.balance()).toBe(40);
  expect(stripe.requests).toHaveLength(8);
});
