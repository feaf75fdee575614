import { defineContract, defineRoute } from '@plinth/contract-kit';
import { createLocalLimiter, type Limit, type Limiter, type Plan } from '@plinth/data-kit';
import { anId } from '@plinth/testing';
import { expect } from 'vitest';
import { z } from 'zod';
import { defineModule, type LimitPolicies } from '../src/index.ts';
import { openTestHost, type TestHost, type TestHostOptions } from '../src/testing/index.ts';
import { fakeDatastore, thingsModule } from './things.ts';

/** A limit for a minute. */
export const limit = (name: string, quota: number): Limit => ({ name, quota, windowSeconds: 60 });

const generous: LimitPolicies = {
  ip: limit('ip', 1000),
  anonymous: limit('anonymous', 1000),
  sensitive: limit('sensitive', 1000),
  plans: { free: limit('subject', 10), pro: limit('subject', 20), enterprise: limit('subject', 900) },
};

const pong = z.object({ pong: z.boolean() });
const sensitive = { method: 'POST', summary: 'Guess', limit: 'sensitive', responses: { 200: pong } } as const;

const guessesModule = defineModule({
  name: 'guesses',
  contracts: [
    defineContract('guesses', {
      permissions: {},
      routes: {
        guess: defineRoute({ ...sensitive, path: '/v1/guesses', auth: 'public' }),
        guessAgain: defineRoute({ ...sensitive, path: '/v1/more-guesses', auth: 'public' }),
        guessMine: defineRoute({ ...sensitive, path: '/v1/guesses/mine', auth: 'authenticated' }),
      },
    }),
  ],
  collections: {},
  actions: {
    guess: () => async () => ({ pong: true }),
    guessAgain: () => async () => ({ pong: true }),
    guessMine: () => async () => ({ pong: true }),
  },
});

/** A limiter whose time stands still until it is told to move. */
export const atHeldTime = () => {
  let nowMs = 0;
  const limiter = createLocalLimiter({ nowMs: () => nowMs });
  return { limiter, pass: (ms: number) => void (nowMs += ms) };
};

const opened: TestHost[] = [];

export type Given = Partial<LimitPolicies> & {
  readonly limiter?: Limiter;
  readonly planOf?: (tenantId: string) => Plan;
} & Pick<TestHostOptions, 'trustProxy' | 'metrics'>;

/** A host that limits a person of a tenant on the plan free to ten requests a minute, unless it is given other limits. */
export const open = async ({
  limiter = atHeldTime().limiter,
  planOf = () => 'free',
  trustProxy,
  metrics,
  ...policies
}: Given) => {
  const host = await openTestHost({
    modules: [thingsModule, guessesModule],
    datastore: fakeDatastore(),
    limits: { limiter, planOf, policies: { ...generous, ...policies } },
    ...(trustProxy && { trustProxy }),
    ...(metrics && { metrics }),
  });
  opened.push(host);
  return host;
};

/** Closes the hosts of a test after it. A host during whose test a route answered what it does not declare fails it. */
export const closeHosts = async (): Promise<void> => {
  for (const host of opened.splice(0)) {
    expect(await host.faults()).toEqual([]);
    await host.close();
  }
};

type Answered = { readonly status: number };

/** Sends the same request again and again, one after the other. */
export const repeat = async <A extends Answered>(times: number, send: () => Promise<A>): Promise<A[]> => {
  const answers: A[] = [];
  for (let at = 0; at < times; at += 1) {
    answers.push(await send());
  }
  return answers;
};

export const countOf = (answers: readonly Answered[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;

/** The path of a thing that is not there. */
export const aPath = (): string => `/v1/things/${anId()}`;
