import { type AuditEventDocument, auditEvents } from '@plinth/models/audit';
import { createContext, createId, fakeTenant } from '@plinth/testing';
import { expect, it } from 'vitest';
import * as actions from './index.ts';

const hash = '0'.repeat(64);

type Varied = Partial<Pick<AuditEventDocument, 'actorId' | 'action' | 'resourceKeys'>>;

/** Creates a tenant with audit events, and one of another tenant. */
const withEvents = async (drafts: readonly Varied[]) => {
  const tenant = fakeTenant({ auditEvents }, actions);
  const { db, owner } = tenant;
  const insert = db.unitOfWork(async (index: number, ctx) => {
    const id = createId();
    db.clock.advance(1);
    db.auditEvents.for(ctx).insert({
      sequence: index + 1,
      previousHash: hash,
      hash,
      module: 'users',
      action: 'updateUser',
      actorKind: 'user',
      actorId: createId(),
      requestId: createId(),
      traceId: 'f'.repeat(32),
      resourceKeys: ['users', id, `users/${id}`],
      changes: [{ kind: 'remove', collection: 'users', id, version: 3, before: { at: new Date(42) } }],
      ...drafts[index],
    });
  });
  for (const index of drafts.keys()) await insert(index, owner);
  await insert(0, createContext());
  const query = { sort: '-createdAt', limit: 20, cursor: undefined, fields: undefined } as const;
  const list = async (where: Parameters<typeof tenant.run.listAuditEvents>[0]['query']['where']) =>
    (await tenant.run.listAuditEvents({ query: { ...query, where } })).items.map(({ sequence }) => sequence);
  return { ...tenant, list };
};

it('lists the audit events of the tenant by actor, action, and resource', async () => {
  const id = createId();
  const resourceKeys = ['orders', id, `orders/${id}`];
  const { list } = await withEvents([{ actorId: 'ada' }, { action: 'placeOrder' }, { resourceKeys }]);
  expect(await list({})).toEqual([3, 2, 1]);
  expect(await list({ actorId: 'ada' })).toEqual([1]);
  expect(await list({ action: 'placeOrder' })).toEqual([2]);
  expect(await list({ resourceType: 'users' })).toEqual([2, 1]);
  expect(await list({ resourceId: id })).toEqual([3]);
  expect(await list({ resourceType: 'orders', resourceId: id })).toEqual([3]);
  expect(await list({ resourceType: 'users', resourceId: id })).toEqual([]);
});

it('returns the resource of each change, and times as strings', async () => {
  const { db, run } = await withEvents([{}]);
  const [{ _id: id, ...stored } = {} as AuditEventDocument] = db.auditEvents.all();
  const event = await run.getAuditEvent({ id });
  expect(event).toMatchObject({ id, sequence: 1, actor: { kind: 'user', id: stored.actorId } });
  expect(event.changes).toEqual([
    {
      kind: 'remove',
      resourceType: 'users',
      resourceId: stored.changes[0]?.id,
      resourceVersion: 3,
      before: { at: '1970-01-01T00:00:00.042Z' },
    },
  ]);
  expect(event).not.toHaveProperty('resourceKeys');
  await expect(run.getAuditEvent({ id }, createContext())).rejects.toMatchObject({ code: 'not-found' });
});

it.each([0, 1, 101, 250])('boundary: exports each of %i audit events once, the oldest first', async (count) => {
  const { run, owner } = await withEvents(Array.from({ length: count }, () => ({})));
  const sequences: number[] = [];
  for await (const { sequence } of await run.exportAuditEvents({}, owner)) sequences.push(sequence);
  expect(sequences).toEqual(Array.from({ length: count }, (_, index) => index + 1));
});
