import { flag, secret, url } from '@plinth/config';

/** The settings of a worker that runs the orders domain. */
export const paymentSettings = {
  STRIPE_SECRET_KEY: secret().optional().meta({
    description:
      'The secret key of Stripe, by which orders are charged. Without it, a worker of orders does not start in production, and elsewhere uses a provider that charges nothing.',
    expects: 'a secret key of Stripe, such as sk_live_…',
  }),
  STRIPE_TEST_MODE: flag().default(false).meta({
    description: 'Accepts a test key of Stripe in production, for a staging system.',
  }),
  STRIPE_URL: url('http', 'https').default('https://api.stripe.com').meta({
    description: 'The address of Stripe; another one is for tests, such as that of stripe-mock.',
  }),
};
