import type { RateLimiter } from '@plinth/data-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { assertLimitBy } from '../src/plugins/rate-limit.ts';
import type { TestHost } from '../src/testing/index.ts';
import { closeHosts, createManualLimiter, limitedRoute, openHost, perMinute } from './rate-limit-fixture.ts';

afterEach(closeHosts);

describe('a route that is limited by an account', () => {
  const guess = async (host: TestHost, email: unknown, remoteAddress: string) => {
    const { statusCode: status, headers } = await host.server.inject({
      method: 'POST',
      url: '/v1/password-guesses',
      payload: { email },
      remoteAddress,
    });
    return { status, headers };
  };

  it('has a bucket for each account, from all networks together, and in any case', async () => {
    const host = await openHost({ accountTotal: perMinute(3) });
    const responses = [];
    for (const [index, email] of ['ada', 'ADA', 'ada', 'Ada'].entries()) {
      responses.push(await guess(host, email, `203.0.113.${index}`));
    }
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(responses.at(-1)?.headers).toMatchObject({
      'ratelimit-policy': '"account-total";q=3;w=60',
      'retry-after': '20',
    });
    expect((await guess(host, 'grace', '203.0.113.1')).status).toBe(200);
  });

  it('refuses a network that has used its own bucket, and takes nothing from the account of others', async () => {
    const host = await openHost({ account: perMinute(2), accountTotal: perMinute(3) });
    const ofAttacker = [];
    for (let index = 0; index < 9; index += 1) ofAttacker.push((await guess(host, 'ada', '203.0.113.1')).status);
    expect(ofAttacker).toEqual([200, 200, ...Array(7).fill(429)]);
    expect((await guess(host, 'ada', '203.0.113.2')).status).toBe(200);
    expect((await guess(host, 'ada', '203.0.113.3')).status).toBe(429);
  });

  it('boundary: is never locked: a token comes back with time', async () => {
    const { limiter, advance } = createManualLimiter();
    const host = await openHost({ limiter, account: perMinute(1) });
    await guess(host, 'ada', '203.0.113.1');
    expect((await guess(host, 'ada', '203.0.113.1')).status).toBe(429);
    advance(60_000);
    expect((await guess(host, 'ada', '203.0.113.1')).status).toBe(200);
  });

  it('boundary: a request that is not valid takes nothing from an account', async () => {
    const host = await openHost({ account: perMinute(1) });
    for (const email of [{ $ne: '' }, undefined, ['ada']]) {
      expect((await guess(host, email, '203.0.113.1')).status).toBe(400);
    }
    expect((await guess(host, 'ada', '203.0.113.1')).status).toBe(200);
  });

  it('keeps the account out of the keys of the limiter', async () => {
    const { limiter } = createManualLimiter();
    const keys: string[] = [];
    const spy: RateLimiter = {
      take: (bucket) => {
        keys.push(bucket.key);
        return limiter.take(bucket);
      },
    };
    await guess(await openHost({ limiter: spy }), 'ada@acme.example', '203.0.113.1');
    expect(keys).toContainEqual(
      expect.stringMatching(/^account POST \/v1\/password-guesses [\w-]{43} 203\.0\.113\.1$/),
    );
    expect(keys.join()).not.toContain('ada');
  });

  it('integrity: does not start for a field that the body does not have', () => {
    expect(() => assertLimitBy({ ...limitedRoute, limitBy: 'name' })).toThrow("limits by 'name'");
    expect(() => assertLimitBy(limitedRoute)).not.toThrow();
  });
});
