import { openTestDatastore } from '@plinth/mongo/testing';
import { auditContract } from '@plinth/service-contracts/audit';
import { useModule } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { auditModule } from '../src/module.ts';
import { createEntry, createTrail } from './trail.ts';

const service = useModule({ module: auditModule, openDatastore: openTestDatastore, covers: auditContract });

/** Creates a tenant with audit events of two actors, the oldest first. */
const createAudited = async () => {
  const tenant = await service.createTenant();
  const actor = { kind: 'user', id: createId() };
  const start = Date.parse('2026-01-31T09:30:00.000Z');
  const changes = [
    {
      kind: 'insert' as const,
      collection: 'orders',
      id: createId(),
      version: 1,
      after: { due: new Date(42), note: '[pii]' },
    },
  ];
  const entries = [
    createEntry(tenant.tenantId, { actor, at: new Date(start) }),
    createEntry(tenant.tenantId, { operation: 'placeOrder', changes, at: new Date(start + 1) }),
    createEntry(tenant.tenantId, { actor, at: new Date(start + 2), consumed: 'x/1' }),
  ];
  await createTrail(service.datastore).receive(entries);
  const list = async (query: Readonly<Record<string, string | number>> = {}) =>
    (await tenant.call('listAuditEvents', { query })).body;
  return { ...tenant, entries, actor, list, orderId: changes[0]?.id as string };
};

it('200: lists audit events in pages, the newest first, and none of other tenants', async () => {
  const { entries, list } = await createAudited();
  await createAudited();
  const ids = entries.map(({ _id }) => _id).toReversed();
  const first = await list({ limit: 2 });
  const { items, nextCursor } = await list({ limit: 2, cursor: first.nextCursor });
  expect([...first.items, ...items].map(({ id }) => id)).toEqual(ids);
  expect([nextCursor, items[0].sequence]).toEqual([null, 1]);
  expect(await list({ sort: 'createdAt', limit: 1 })).toMatchObject({ items: [{ id: ids[2] }] });
});

it('200: finds those of an actor, an action, a type of resources, a resource, and a time', async () => {
  const { entries, actor, orderId, list } = await createAudited();
  const [first, second, third] = entries.map(({ _id }) => _id);
  const found = async (query: Parameters<typeof list>[0]) =>
    (await list(query)).items.map(({ id }: { id: string }) => id);
  expect(await found({ actorId: actor.id })).toEqual([third, first]);
  expect(await found({ action: 'placeOrder' })).toEqual([second]);
  expect(await found({ resourceType: 'orders' })).toEqual([second]);
  expect(await found({ resourceId: orderId.toUpperCase() })).toEqual([second]);
  expect(await found({ resourceId: orderId, resourceType: 'orders' })).toEqual([second]);
  expect(await found({ resourceId: orderId, resourceType: 'users' })).toEqual([]);
  expect(
    await found({ 'createdAt[gt]': '2026-01-31T09:30:00.000Z', 'createdAt[lt]': '2026-01-31T09:30:00.002Z' }),
  ).toEqual([second]);
});

it('200: returns one with its changes, in which times are strings', async () => {
  const { entries, orderId, call, list } = await createAudited();
  const response = await call('getAuditEvent', { id: entries[1]?._id });
  expect(response).toMatchObject({ status: 200, body: { action: 'placeOrder', sequence: 2, module: 'users' } });
  expect(response.body.changes).toEqual([
    {
      kind: 'insert',
      resourceType: 'orders',
      resourceId: orderId,
      resourceVersion: 1,
      after: { due: '1970-01-01T00:00:00.042Z', note: '[pii]' },
    },
  ]);
  expect((await list()).items[1]).toEqual(response.body);
});

it('200: exports one a line, the oldest first', async () => {
  const { owner, entries, list } = await createAudited();
  const response = await owner.get('/v1/audit-events/export');
  expect(response).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-ndjson; charset=utf-8' } });
  const lines = response.text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual((await list()).items.toReversed());
  expect(lines).toHaveLength(entries.length);
});

it.each(['listAuditEvents', 'exportAuditEvents', 'getAuditEvent'])(
  '401, 403 and 404: %s is for owners of the tenant',
  async (operation) => {
    const { tenantId, entries, call } = await createAudited();
    const input = { id: entries[0]?._id };
    expect((await call(operation, input, { as: service.host.anonymous })).status).toBe(401);
    for (const role of ['member', 'viewer', 'billing']) {
      const response = await call(operation, input, { as: await service.userWithRole(role, tenantId) });
      expect(response).toMatchObject({ status: 403, body: { data: { permission: 'audit:read' } } });
    }
    const outsider = await call(operation, input, { as: await service.userWithRole('owner') });
    expect(outsider.status).toBe(operation === 'getAuditEvent' ? 404 : 200);
    expect(outsider.text).not.toContain('hash');
  },
);

it('400: refuses a cursor of nowhere, parameters that do not exist, and an id that is none', async () => {
  const { call } = await createAudited();
  const refused = [
    await call('listAuditEvents', { query: { cursor: 'x' } }),
    await call('listAuditEvents', { query: { requestId: 'x' } }),
    await call('exportAuditEvents', { query: { limit: 1 } }),
    await call('getAuditEvent', { id: 'x' }),
  ];
  expect(refused.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
    '400 invalid-cursor',
    '400 invalid-request',
    '400 invalid-request',
    '400 invalid-request',
  ]);
});

it('404: an audit event that does not exist', async () => {
  const { call } = await createAudited();
  expect((await call('getAuditEvent', { id: createId() })).status).toBe(404);
});

it('has no route that writes', () => {
  const methods = auditModule.contracts.flatMap(({ routes }) => Object.values(routes).map(({ method }) => method));
  expect(new Set(methods)).toEqual(new Set(['GET']));
});
