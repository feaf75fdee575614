import { revocationLifetimeMs } from '@plinth/auth';
import { tokensRevoked } from '@plinth/contract-kit';
import { type Datastore, type DeliveredEvent, type SubscriptionOptions } from '@plinth/data-kit';
import { aClock, anId, aPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { type Caller, openTestHost } from '../src/testing/index.ts';
import { fakeDatastore, thingsModule } from './things.ts';

type Followed = {
  readonly subscription: SubscriptionOptions<object>;
  readonly tell: (event: DeliveredEvent<object>) => void;
};

const path = `/v1/things/${anId()}`;

/** A host of things whose datastore says what it is asked to follow, and tells what a test wants it to. */
const open = async (revocationsFrom = 'things') => {
  const clock = aClock();
  const followed: Followed[] = [];
  const ended: string[] = [];
  const datastore: Datastore = {
    ...fakeDatastore(),
    subscribe: async (subscription, listener) => {
      followed.push({ subscription: subscription as never, tell: listener as never });
      return { stop: async () => void ended.push('following') };
    },
    close: async () => void ended.push('datastore'),
  };
  const host = await openTestHost({ modules: [thingsModule], datastore, revocationsFrom, clock });
  const [first] = followed;
  return { host, clock, followed, ended, first };
};

/** 404 for everybody who is let in: nobody has made a thing. */
const ask = async (caller: Caller) => (await caller.get(path)).status;

describe('a host', () => {
  it('refuses the tokens of a subject from the moment on that it is told, and nobody else’s', async () => {
    const { host, clock, first } = await open();
    const [person, colleague] = [aPrincipal(), aPrincipal()];
    const [revoked, other] = [await host.as(person), await host.as(colleague)];
    expect([await ask(revoked), await ask(other)]).toEqual([404, 404]);
    const { tenantId, id } = person;
    first?.tell({ tenantId, at: clock.now(), payload: { subject: id } });
    const answer = await revoked.get(path);
    expect(answer).toMatchObject({
      status: 401,
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
      body: { code: 'unauthenticated', detail: expect.stringContaining('Get a new token') },
    });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(await ask(other)).toBe(404);
    clock.advance(1000);
    expect([await ask(revoked), await ask(await host.as(person))]).toEqual([401, 404]);
    await host.close();
  });

  it('asks for all that may matter still, of the one event', async () => {
    const { host, clock, first } = await open();
    const since = new Date(clock.now().getTime() - revocationLifetimeMs);
    expect(first?.subscription).toMatchObject({ module: 'things', event: tokensRevoked, since });
    await host.close();
  });

  it('logs an outage and its end', async () => {
    const { host, first } = await open();
    first?.subscription.onDisconnect(new Error('the stream has ended'));
    first?.subscription.onReconnect();
    const lines = host.lines.lines.map((line) => JSON.parse(line) as { event: string; level: string });
    expect(lines.map(({ event }) => event)).toEqual(['revocation-stream-lost', 'revocation-stream-restored']);
    await host.close();
  });

  it('stops following before it closes the datastore', async () => {
    const { host, ended } = await open();
    await host.close();
    expect(ended).toEqual(['following', 'datastore']);
  });

  it('of a test follows no journal of a module that it does not serve', async () => {
    const { host, followed } = await open('people');
    expect(followed).toEqual([]);
    await host.close();
  });
});
