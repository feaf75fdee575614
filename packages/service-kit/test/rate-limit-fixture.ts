import { defineContract, defineRoute } from '@plinth/contract-kit';
import type { Plan, RateLimiter } from '@plinth/data-kit';
import { createId } from '@plinth/testing';
import { expect } from 'vitest';
import { z } from 'zod';
import { defineModule, type RateLimitPolicies, type RateLimitPolicy } from '../src/index.ts';
import { createLocalLimiter } from '../src/rate-limit-policies.ts';
import { openTestHost, type TestHost, type TestHostOptions } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

export const perMinute = (quota: number): RateLimitPolicy => ({ quota, windowSeconds: 60 });

const generous: RateLimitPolicies = {
  ip: perMinute(1000),
  anonymous: perMinute(1000),
  sensitive: perMinute(1000),
  account: perMinute(1000),
  accountTotal: perMinute(1000),
  plans: { free: perMinute(10), pro: perMinute(20), enterprise: perMinute(900) },
  keys: { free: perMinute(1000), pro: perMinute(1000), enterprise: perMinute(1000) },
  tenants: { free: perMinute(1000), pro: perMinute(1000), enterprise: perMinute(1000) },
};

const pong = z.object({ pong: z.boolean() });
const sensitive = { method: 'POST', summary: 'Guess', limit: 'sensitive', responses: { 200: pong } } as const;

/** A route that is limited by an account. */
export const limitedRoute = {
  ...sensitive,
  path: '/v1/password-guesses',
  auth: 'public',
  body: z.object({ email: z.string() }),
  limitBy: 'email',
} as const;

const guessesModule = defineModule({
  name: 'guesses',
  contracts: [
    defineContract('guesses', {
      permissions: {},
      routes: {
        guess: defineRoute({ ...sensitive, path: '/v1/guesses', auth: 'public' }),
        guessAgain: defineRoute({ ...sensitive, path: '/v1/more-guesses', auth: 'public' }),
        guessPassword: defineRoute(limitedRoute),
        guessMine: defineRoute({
          ...sensitive,
          path: '/v1/guesses/mine',
          auth: 'authenticated',
          idempotency: 'optional',
        }),
      },
    }),
  ],
  collections: {},
  actions: {
    guess: () => async () => ({ pong: true }),
    guessAgain: () => async () => ({ pong: true }),
    guessPassword: () => async () => ({ pong: true }),
    guessMine: () => async () => ({ pong: true }),
  },
});

/** Creates a limiter whose clock only `advance` moves. */
export const createManualLimiter = () => {
  let nowMs = 0;
  const limiter = createLocalLimiter(() => nowMs);
  return { limiter, advance: (ms: number) => void (nowMs += ms) };
};

const opened: TestHost[] = [];

export type HostOverrides = Partial<RateLimitPolicies> & {
  readonly limiter?: RateLimiter;
  readonly findPlan?: (tenantId: string) => Plan | undefined;
} & Pick<TestHostOptions, 'trustProxy' | 'metrics' | 'corsOrigins'>;

/** Opens a host with high limits, except ten requests per minute for each user on the plan `free`. `policies` override them. */
export const openHost = async ({
  limiter = createManualLimiter().limiter,
  findPlan,
  trustProxy,
  metrics,
  corsOrigins = [],
  ...policies
}: HostOverrides) => {
  const host = await openTestHost({
    modules: [thingsModule, guessesModule],
    datastore: fakeDatastore(),
    limits: { limiter, findPlan, defaultPlan: 'free', policies: { ...generous, ...policies } },
    corsOrigins,
    ...(trustProxy && { trustProxy }),
    ...(metrics && { metrics }),
  });
  opened.push(host);
  return host;
};

/** Closes the hosts of a test. Fails when a route responded with something that its contract does not declare. */
export const closeHosts = async (): Promise<void> => {
  for (const host of opened.splice(0)) {
    expect(await host.faults()).toEqual([]);
    await host.close();
  }
};

type WithStatus = { readonly status: number };

/** Sends the same request several times, one after the other. */
export const repeat = async <A extends WithStatus>(times: number, send: () => Promise<A>): Promise<A[]> => {
  const responses: A[] = [];
  for (let index = 0; index < times; index += 1) {
    responses.push(await send());
  }
  return responses;
};

export const countStatus = (responses: readonly WithStatus[], status: number): number =>
  responses.filter((response) => response.status === status).length;

/** Returns the path of a thing that does not exist. */
export const toUnknownPath = (): string => `/v1/things/${createId()}`;
