import { commonErrors, type RouteSpec, requiresIdempotencyKey } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { systemIds } from '../clock-and-ids.ts';
import type { TestResponse } from './test-host.ts';
import type { CallOptions, TestedModule, TestTenant } from './use-module.ts';

type Item = { readonly id: string; readonly version: number };

/** How to test the refusals of an operation. */
export type RefusalOptions<T extends TestTenant, I extends object = Item> = {
  readonly createTenant: () => Promise<T>;
  /** Creates a resource in the state that the request needs. For a path without an id, returns a new body or an empty object. */
  readonly createItem: (tenant: T) => I | Promise<I>;
  /** Sends a valid request for a resource, or with a body. */
  readonly perform: (tenant: T, item: I, options?: CallOptions) => Promise<TestResponse>;
  /**
   * Changes the resource, which it receives with its present version, so that the request is still valid. Where the route declares
   * `conflict` and requires an idempotency key, the host executes a refused action once more. By default the same request is sent.
   */
  readonly changeItem?: ((tenant: T, item: I) => Promise<TestResponse>) | undefined;
};

type Refusals<T extends TestTenant, I extends object> = RefusalOptions<T, I> & {
  readonly service: TestedModule;
  readonly operation: string;
  readonly route: RouteSpec;
};
type Send<I> = (item: I, options?: CallOptions) => Promise<TestResponse>;

/** Creates a resource, runs `requests`, and expects that they changed nothing in the tenant. */
const expectUnchanged = async <T extends TestTenant, I extends object>(
  { createTenant, createItem, perform }: RefusalOptions<T, I>,
  requests: (send: Send<I>, item: I, tenant: T) => Promise<void>,
): Promise<void> => {
  const tenant = await createTenant();
  const item = await createItem(tenant);
  const before = await tenant.stored();
  await requests((target, options) => perform(tenant, target, options), item, tenant);
  expect(await tenant.stored()).toEqual(before);
};

/** Returns a copy of an item with another id or version. */
const withFields = <I extends object>(item: I, fields: Partial<Item>): I => ({ ...item, ...fields });

const callerTests = <T extends TestTenant, I extends object>(refusals: Refusals<T, I>): void => {
  const { service, operation } = refusals;
  const { permission, refusedRoles } = service.getPermission(operation);
  it('401 and 403: refuses anonymous callers and other roles', () =>
    expectUnchanged(refusals, async (send, item, { tenantId }) => {
      expect((await send(item, { as: service.host.anonymous })).status).toBe(401);
      for (const role of [...refusedRoles, 'unknown', '__proto__']) {
        const response = await send(item, { as: await service.userWithRole(role, tenantId) });
        expect(response).toMatchObject({ status: 403, body: { data: { permission } } });
      }
    }));
};

const idTests = <T extends TestTenant, I extends object>(refusals: Refusals<T, I>): void => {
  it.each(['x', '%00', '1'.repeat(100), '$ne', '__proto__'])('400: refuses the id %s', (id) =>
    expectUnchanged(refusals, async (send, item) => {
      expect((await send(withFields(item, { id }))).status).toBe(400);
    }),
  );

  it('boundary: 404 for a resource of another tenant and for an unknown id', () =>
    expectUnchanged(refusals, async (send, item) => {
      const unknown = { status: 404, body: { code: 'not-found' } };
      expect(await send(item, { as: await refusals.service.userWithRole('owner') })).toMatchObject(unknown);
      expect(await send(withFields(item, { id: systemIds.next() }))).toMatchObject(unknown);
    }));
};

const queryTests = <T extends TestTenant, I extends object>(refusals: Refusals<T, I>): void => {
  it.each(['unknown=x', 'limit=0', 'cursor=x', 'sort=x'])('400: refuses the query %s', (query) =>
    expectUnchanged(refusals, async (_, item, { owner }) => {
      const { id = '' } = item as Partial<Item>;
      expect((await owner.get(`${refusals.route.path.replace(':id', id)}?${query}`)).status).toBe(400);
    }),
  );
};

const bodyTests = <T extends TestTenant, I extends object>({ route, ...refusals }: Refusals<T, I>): void => {
  it('413 and 415: refuses a body above the limit of the route and one that is not JSON', () =>
    expectUnchanged(refusals, async (_, item, { owner }) => {
      const { id = '', version = 1 } = item as Partial<Item>;
      const headers = { 'if-match': `"${version}"`, 'idempotency-key': systemIds.next() };
      const request = { method: route.method, url: route.path.replace(':id', id) };
      const large = { body: { extra: 'x'.repeat(route.bodyBytesMax ?? 256 * 1024) }, headers };
      expect((await owner.send({ ...request, ...large })).status).toBe(413);
      const text = { body: 'role=owner', headers: { ...headers, 'content-type': 'text/plain' } };
      expect((await owner.send({ ...request, ...text })).status).toBe(415);
    }));
};

const versionTests = <T extends TestTenant, I extends object>(refusals: Refusals<T, I>): void => {
  it('412: refuses a stale version and a weak tag', () =>
    expectUnchanged(refusals, async (send, item) => {
      const { version = 1 } = item as Partial<Item>;
      const stale = { status: 412, body: { code: 'stale-version' } };
      expect(await send(withFields(item, { version: version + 1 }))).toMatchObject(stale);
      expect(await send(item, { headers: { 'if-match': `W/"${version}"` } })).toMatchObject(stale);
    }));

  it.each(['', '*'])('428: requires the version when If-Match is "%s"', (ifMatch) =>
    expectUnchanged(refusals, async (send, item) => {
      const response = await send(item, { headers: { 'if-match': ifMatch } });
      expect(response).toMatchObject({ status: 428, body: { code: 'precondition-required' } });
    }),
  );
};

const keyTests = <T extends TestTenant, I extends object>(refusals: Refusals<T, I>): void => {
  const headers = { 'idempotency-key': 'a key' };

  it('422: refuses a key that was used for another request', async () => {
    const tenant = await refusals.createTenant();
    const [first, second] = [await refusals.createItem(tenant), await refusals.createItem(tenant)];
    expect((await refusals.perform(tenant, first, { headers })).status).toBeLessThan(300);
    const before = await tenant.stored();
    expect(await refusals.perform(tenant, second, { headers })).toMatchObject({ status: 422 });
    expect(await tenant.stored()).toEqual(before);
  });

  it('integrity: a repetition with the same key receives the same response and changes nothing', async () => {
    const tenant = await refusals.createTenant();
    const item = await refusals.createItem(tenant);
    const first = await refusals.perform(tenant, item, { headers });
    const before = await tenant.stored();
    const second = await refusals.perform(tenant, item, { headers });
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await tenant.stored()).toEqual(before);
  });

  if (requiresIdempotencyKey(refusals.route))
    it('400: requires an idempotency key', () =>
      expectUnchanged(refusals, async (send, item) => {
        expect((await send(item, { headers: { 'idempotency-key': '' } })).status).toBe(400);
      }));
};

const conflictTest = <T extends TestTenant, I extends object>(refusals: Refusals<T, I>): void => {
  const { service, createTenant, createItem, perform, changeItem = perform } = refusals;
  it('race: 409 when another request changes the resource between the read and the commit', async () => {
    const tenant = await createTenant();
    const item = await createItem(tenant);
    let before: unknown;
    const changes: number[] = [];
    const beforeCommit = async () => {
      const stored = (await tenant.stored()).find(({ _id }) => _id === (item as Partial<Item>).id);
      const { version = 1 } = { ...stored } as Partial<Item>;
      changes.push((await changeItem(tenant, withFields(item, { version }))).status);
      if (Number(changes.at(-1)) >= 300) throw new Error('The change by another request was refused.');
      before = await tenant.stored();
    };
    const response = await service.interleave({ beforeCommit }, () => perform(tenant, item));
    const hint =
      'the change by another request is refused: pass `changeItem` with one that can be repeated, such as an update';
    expect(
      changes.filter((status) => status >= 300),
      hint,
    ).toEqual([]);
    expect(response).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await tenant.stored()).toEqual(before);
  });
};

/**
 * Defines the tests of the refusals that routes have in common, as far as the route declares them. Those of its fields and of its own
 * errors are left to the file.
 */
export const describeRefusals = <T extends TestTenant, I extends object = Item>(
  service: TestedModule,
  operation: string,
  options: RefusalOptions<T, I>,
): void => {
  const route = service.getRoute(operation);
  const refusals = { ...options, service, operation, route };
  describe('refusals', () => {
    callerTests(refusals);
    if (route.path.includes(':id')) idTests(refusals);
    if (route.query) queryTests(refusals);
    if (route.method === 'GET') return;
    keyTests(refusals);
    if (route.body) bodyTests(refusals);
    if (route.method !== 'POST') versionTests(refusals);
    else if (route.path.includes(':id') && route.errors?.includes(commonErrors.conflict)) conflictTest(refusals);
  });
};
