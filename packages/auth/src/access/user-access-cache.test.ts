import type { Ctx, UserAccess } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { subject } from '../../test/tokens.ts';
import { assertActive, createUserAccessCache } from './user-access-cache.ts';

const active: UserAccess = { status: 'active', roles: ['owner'] };
const suspended: UserAccess = { status: 'suspended', roles: ['owner'] };

const createCtx = (overrides: Partial<typeof subject> = {}): Ctx => {
  const actor = { kind: 'user', ...subject, ...overrides } as const;
  return {
    actor,
    tenantId: actor.tenantId,
    requestId: 'r',
    trace: { traceId: '', spanId: '', sampled: false },
    deadline: 0,
    signal: new AbortController().signal,
  };
};
const changedUser = { tenantId: subject.tenantId, subject: subject.id };

/** Creates a cache whose look-ups wait until the test resolves them. */
const createTestCache = () => {
  const lookups: PromiseWithResolvers<UserAccess>[] = [];
  const cache = createUserAccessCache(() => {
    const lookup = Promise.withResolvers<UserAccess>();
    lookups.push(lookup);
    return lookup.promise;
  });
  return { ...cache, lookups };
};

describe('the access of a user', () => {
  it('is looked up once, and again after a change of this user only', async () => {
    const { get, forget, lookups } = createTestCache();
    const first = get(createCtx());
    lookups[0]?.resolve(active);
    expect(await first).toEqual(active);
    expect(get(createCtx())).toEqual(active);
    forget({ ...changedUser, subject: 'another' });
    forget({ ...changedUser, tenantId: 'another' });
    expect(get(createCtx())).toEqual(active);
    forget(changedUser);
    const second = get(createCtx());
    lookups[1]?.resolve(suspended);
    expect(await second).toEqual(suspended);
    expect(get(createCtx())).toEqual(suspended);
    expect(lookups).toHaveLength(2);
  });

  it('boundary: is that of the user in the organization of the token', () => {
    const { get, lookups } = createTestCache();
    void get(createCtx());
    void get(createCtx({ tenantId: '019389aa-0000-7c1d-9d3f-7f1e2a3b4c5f' }));
    expect(lookups).toHaveLength(2);
  });

  it('race: is not cached when it changed while it was looked up', async () => {
    const { get, forget, lookups } = createTestCache();
    const early = get(createCtx());
    forget(changedUser);
    const late = get(createCtx());
    lookups[1]?.resolve(suspended);
    await late;
    lookups[0]?.resolve(active);
    await early;
    expect(get(createCtx())).toEqual(suspended);
  });

  it('race: is not cached by a look-up from before a change, even when a faster look-up had been cached', async () => {
    const { get, forget, lookups } = createTestCache();
    const [slow, fast] = [get(createCtx()), get(createCtx())];
    lookups[1]?.resolve(active);
    await fast;
    forget(changedUser);
    lookups[0]?.resolve(active);
    await slow;
    expect(get(createCtx())).toBeInstanceOf(Promise);
  });

  it('race: is looked up again for every user of a tenant after a change of a role, also by look-ups in progress', async () => {
    const { get, forgetAll, lookups } = createTestCache();
    const elsewhere = createCtx({ tenantId: '019389aa-0000-7c1d-9d3f-7f1e2a3b4c5f' });
    for (const ctx of [createCtx(), elsewhere, createCtx({ id: 'slow' })]) void get(ctx);
    for (const lookup of lookups.slice(0, 2)) lookup.resolve(active);
    await Promise.all(lookups.slice(0, 2).map(({ promise }) => promise));
    await Promise.resolve();
    forgetAll(subject.tenantId);
    lookups[2]?.resolve(active);
    await lookups[2]?.promise;
    expect(get(elsewhere)).toEqual(active);
    for (const ctx of [createCtx(), createCtx({ id: 'slow' })]) expect(get(ctx)).toBeInstanceOf(Promise);
  });

  it('is looked up again after a failure', async () => {
    const { get, lookups } = createTestCache();
    const failing = get(createCtx());
    lookups[0]?.reject(new Error('unavailable'));
    await expect(failing).rejects.toThrow('unavailable');
    expect(get(createCtx())).toBeInstanceOf(Promise);
    expect(lookups).toHaveLength(2);
  });
});

it.each([
  ['suspended', 'The user of the token is suspended.'],
  ['unknown', 'The user of the token does not exist in the organization.'],
] as const)('refuses a user who is %s', (status, detail) => {
  expect(() => assertActive({ status, roles: ['owner'] })).toThrow(
    expect.objectContaining({ status: 401, code: 'unauthenticated', detail }),
  );
  expect(() => assertActive(active)).not.toThrow();
});
