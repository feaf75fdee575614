import { createTokenSigner, generateSigningKey, toPublicJwk } from '@plinth/auth';
import { defineEvents, Id, sessionEnded } from '@plinth/contract-kit';
import type { Datastore, DeliveredEvent, SubscriptionOptions } from '@plinth/data-kit';
import { createId, createManualClock, createPrincipal } from '@plinth/testing';
import { describe, expect, it, vi } from 'vitest';
import { defineModule } from '../src/index.ts';
import { claims } from '../src/testing/credentials.ts';
import { openTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

const events = defineEvents('keys', { aggregate: { keyId: Id }, events: { keyChanged: {} } });
const key = await generateSigningKey();
const later = await generateSigningKey();
const path = `/v1/things/${createId()}`;

type Delivery = Pick<DeliveredEvent, 'name' | 'aggregateId'>;

/** Opens a host with a module that stores the keys of tokens. The test changes them and delivers events. */
const open = async () => {
  const stored = { keys: [key], failure: undefined as Error | undefined };
  const listKeys = vi.fn<() => Promise<ReturnType<typeof toPublicJwk>[]>>(async () => {
    if (stored.failure) throw stored.failure;
    return stored.keys.map(toPublicJwk);
  });
  const module = defineModule({
    name: 'keys',
    contracts: [],
    events: [events],
    collections: {},
    actions: {},
    localPorts: { settings: {}, open: () => ({ listKeys }) },
    tokenIssuer: { changedBy: [events.keyChanged], listKeys: (deps) => deps.listKeys },
  });
  const subscriptions = new Map<string, SubscriptionOptions>();
  const listeners = new Map<string, (event: DeliveredEvent) => void>();
  const stopped: string[] = [];
  const datastore: Datastore = {
    ...fakeDatastore(),
    subscribe: async (subscription, listener) => {
      subscriptions.set(subscription.module, subscription);
      listeners.set(subscription.module, listener);
      return { ageMs: () => 0, stop: async () => void stopped.push(subscription.module) };
    },
  };
  const clock = createManualClock();
  const modules = [thingsModule, module];
  const host = await openTestHost({ modules, datastore, clock, localPorts: { keys: { listKeys } } });
  const deliver = (event: Delivery): void =>
    listeners.get('keys')?.({ ...event, tenantId: createId(), at: clock.now(), payload: {} });
  const signBy = (by: typeof key) => createTokenSigner({ key: by, clock, ...claims });
  /** Sends a request with a token of a key. Returns 404 for a valid token, because no thing exists. */
  const getStatus = async (by: typeof key, sessionId = createId()): Promise<number> => {
    const principal = { ...createPrincipal(), sessionId };
    await host.as(principal);
    const token = await signBy(by).sign(principal);
    return (await host.anonymous.get(path, { authorization: `Bearer ${token}` })).status;
  };
  return { host, stored, listKeys, subscriptions, deliver, getStatus, stopped };
};

describe('a host with a module that stores the keys of tokens', () => {
  it('accepts the tokens of these keys, and those of its settings', async () => {
    const { host, getStatus, subscriptions } = await open();
    expect(await getStatus(key)).toBe(404);
    expect(host.lines.records().map(({ event }) => event)).not.toContain('key-added');
    expect((await (await host.as(createPrincipal())).get(path)).status).toBe(404);
    expect(await getStatus(later)).toBe(401);
    expect(subscriptions.get('keys')?.events).toEqual([sessionEnded, events.keyChanged]);
    await host.close();
  });

  it('looks up the keys after their event, and for a token whose key is unknown, but not for each one', async () => {
    const { host, stored, getStatus, listKeys, deliver } = await open();
    stored.keys = [key, later];
    expect(await getStatus(later)).toBe(404);
    expect(host.lines.records()).toContainEqual(expect.objectContaining({ event: 'key-added', kid: later.kid }));
    const calls = listKeys.mock.calls.length;
    const unknown = await Promise.all(Array.from({ length: 20 }, async () => getStatus(await generateSigningKey())));
    expect(unknown).toEqual(Array(20).fill(401));
    expect(listKeys).toHaveBeenCalledTimes(calls);
    stored.keys = [later];
    deliver({ name: events.keyChanged.name, aggregateId: createId() });
    await expect.poll(() => getStatus(key)).toBe(401);
    expect(await getStatus(later)).toBe(404);
    await host.close();
  });

  it('integrity: keeps its keys and logs the failure when they cannot be looked up', async () => {
    const { host, stored, getStatus, deliver } = await open();
    stored.failure = new Error('the database is away');
    deliver({ name: events.keyChanged.name, aggregateId: createId() });
    const listEvents = () => host.lines.records().map(({ event }) => event);
    await expect.poll(listEvents).toContain('keys-not-replaced');
    expect(await getStatus(key)).toBe(404);
    await host.close();
  });

  it('refuses the tokens of a session that has ended, and no others', async () => {
    const { host, getStatus, deliver } = await open();
    const [ended, other] = [createId(), createId()];
    expect(await getStatus(key, ended)).toBe(404);
    deliver({ name: sessionEnded.name, aggregateId: ended });
    expect([await getStatus(key, ended), await getStatus(key, other)]).toEqual([401, 404]);
    await host.close();
  });

  it('ends both subscriptions when it stops', async () => {
    const { host, stopped } = await open();
    await host.close();
    expect(stopped.toSorted()).toEqual(['keys', 'things']);
  });

  it('boundary: does not start without the local ports of a module, nor with two that store keys', async () => {
    const module = defineModule({
      name: 'keys',
      contracts: [],
      collections: {},
      actions: {},
      tokenIssuer: { changedBy: [], listKeys: () => async () => [] },
    });
    const datastore = fakeDatastore();
    const closed = { ...module, localPorts: { settings: {}, open: () => ({}) } };
    await expect(openTestHost({ modules: [closed], datastore })).rejects.toThrow(
      "The local ports of the module 'keys' are not open. Pass them as 'localPorts'.",
    );
    await expect(openTestHost({ modules: [module, { ...module, name: 'more' }], datastore })).rejects.toThrow(
      "The modules 'keys' and 'more' both declare 'tokenIssuer'.",
    );
  });
});
