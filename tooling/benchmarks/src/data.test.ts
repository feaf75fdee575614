import { describe, expect, it } from 'vitest';
import { datasetOf, makeUsers } from './data.ts';
import { connectionsMax } from './options.ts';

const users = makeUsers();

describe('the users', () => {
  it('are at least two thousand in at least four tenants', () => {
    expect(users.length).toBeGreaterThanOrEqual(2000);
    expect(new Set(users.map(({ tenantId }) => tenantId)).size).toBeGreaterThanOrEqual(4);
  });

  it('have ids of their own that the platform takes, in the order in which they were added', () => {
    const ids = users.map(({ _id }) => _id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('are the same ones in each run', () => {
    expect(makeUsers()).toEqual(users);
  });
});

describe('what the load asks for', () => {
  it('is one tenant, and a user of another', () => {
    const { tenantId, ids, foreignId } = datasetOf(users);
    const tenantOf = new Map(users.map((user) => [user._id, user.tenantId]));
    expect(ids.length).toBeGreaterThan(40);
    expect(new Set(ids.map((id) => tenantOf.get(id)))).toEqual(new Set([tenantId]));
    expect(tenantOf.get(foreignId)).not.toBe(tenantId);
  });

  it('is written to in a third tenant, which has a user for each of the most connections', () => {
    const { tenantId, foreignId, written } = datasetOf(users);
    const tenantOf = new Map(users.map((user) => [user._id, user.tenantId]));
    expect(new Set(written.ids.map((id) => tenantOf.get(id)))).toEqual(new Set([written.tenantId]));
    expect([tenantId, tenantOf.get(foreignId)]).not.toContain(written.tenantId);
    expect(written.ids.length).toBeGreaterThanOrEqual(connectionsMax);
  });
});
