import { revocationLifetimeMs } from '@plinth/auth';
import { tokensRevoked } from '@plinth/contract-kit';
import type { Datastore, DeliveredEvent, SubscriptionOptions } from '@plinth/data-kit';
import { createId, createManualClock, createPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import type { Module } from '../src/index.ts';
import { type Caller, openTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

type Subscribed = {
  readonly subscription: SubscriptionOptions;
  readonly deliver: (event: DeliveredEvent) => void;
};

const path = `/v1/things/${createId()}`;

/** Opens a host whose datastore records subscriptions, and lets the test deliver their events. */
const open = async (modules: readonly Module[] = [thingsModule]) => {
  const clock = createManualClock();
  const subscriptions: Subscribed[] = [];
  const closed: string[] = [];
  const datastore: Datastore = {
    ...fakeDatastore(),
    subscribe: async (subscription, deliver) => {
      subscriptions.push({ subscription, deliver });
      return { ageMs: () => 0, stop: async () => void closed.push('subscription') };
    },
    close: async () => void closed.push('datastore'),
  };
  const host = await openTestHost({ modules, datastore, clock });
  const [first] = subscriptions;
  return { host, clock, subscriptions, closed, first };
};

/** Returns 404 for a valid token, because no thing exists. */
const getStatus = async (caller: Caller) => (await caller.get(path)).status;

describe('a host', () => {
  it('refuses the tokens of a revoked subject from then on, and no others', async () => {
    const { host, clock, first } = await open();
    const [user, colleague] = [createPrincipal(), createPrincipal()];
    const [revoked, other] = [await host.as(user), await host.as(colleague)];
    expect([await getStatus(revoked), await getStatus(other)]).toEqual([404, 404]);
    first?.deliver({
      name: tokensRevoked.name,
      aggregateId: user.id,
      tenantId: user.tenantId,
      at: clock.now(),
      payload: { subject: user.id, rolesOnly: true },
    });
    expect(await revoked.get(path)).toMatchObject({
      status: 401,
      headers: {
        'content-type': expect.stringContaining('application/problem+json'),
        'www-authenticate': expect.stringMatching(/^Bearer/),
      },
      body: { code: 'unauthenticated', detail: expect.stringContaining('Get a new token') },
    });
    const subject = { tenantId: user.tenantId, actorId: user.id };
    expect(host.lines.records().filter(({ stream }) => stream === 'security')).toMatchObject([
      { event: 'tokens-revoked', ...subject, rolesOnly: true, revokedAt: clock.now().toISOString() },
      { event: 'sign-in-failed', reason: 'revoked', clientAddress: '127.0.0.1', ...subject },
    ]);
    expect(await getStatus(other)).toBe(404);
    clock.advance(1000);
    expect([await getStatus(revoked), await getStatus(await host.as(user))]).toEqual([401, 404]);
    await host.close();
  });

  it('subscribes to revocations that may concern a valid token', async () => {
    const { host, clock, first } = await open();
    const since = new Date(clock.now().getTime() - revocationLifetimeMs);
    expect(first?.subscription).toMatchObject({ module: 'things', events: [tokensRevoked], since });
    await host.close();
  });

  it('logs an outage and its end', async () => {
    const { host, first } = await open();
    first?.subscription.onDisconnect(new Error('the stream has ended'));
    first?.subscription.onReconnect();
    const events = host.lines.records().map(({ event }) => event);
    expect(events).toEqual(['revocation-stream-lost', 'revocation-stream-restored']);
    await host.close();
  });

  it('ends its subscription before it closes the datastore', async () => {
    const { host, closed } = await open();
    await host.close();
    expect(closed).toEqual(['subscription', 'datastore']);
  });

  it('does not subscribe when no module stores users', async () => {
    const { userAccess: _, ...module } = thingsModule as Module;
    const { host, subscriptions } = await open([module]);
    expect(subscriptions).toEqual([]);
    await host.close();
  });
});
