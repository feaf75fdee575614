import { describe, expect, it } from 'vitest';
import { datasetOf, makeUsers } from './data.ts';
import type { Asked, Workload } from './workloads.ts';
import { createWorkloads } from './workloads.ts';

const dataset = datasetOf(makeUsers());
const take = (count: number, workload: Workload): Asked[] => Array.from({ length: count }, () => workload());
const bodyOf = ({ body = '' }: Asked) => JSON.parse(body);

describe('reads', () => {
  it('ask for the ids of the tenant in turn, and know whose answer it is', () => {
    const asked = take(600, createWorkloads(dataset).get);
    expect(new Set(asked.map(({ path }) => path)).size).toBe(500);
    expect(asked[3]?.path).toBe(`/v1/users/${dataset.ids[3]}`);
    expect(asked[3]?.isRight({ id: dataset.ids[3] })).toBe(true);
    expect(asked[3]?.isRight({ id: dataset.ids[4] })).toBe(false);
  });

  it('take only a full page of more', () => {
    const { isRight } = createWorkloads(dataset).list();
    const items = Array.from({ length: 20 }, () => ({}));
    expect(isRight({ items, nextCursor: 'a' })).toBe(true);
    expect(isRight({ items: items.slice(1), nextCursor: 'a' })).toBe(false);
    expect(isRight({ items, nextCursor: null })).toBe(false);
  });
});

describe('posts', () => {
  it('never use an address twice, with a key or without', () => {
    const workloads = createWorkloads(dataset);
    const asked = [...take(50, workloads.post), ...take(50, workloads['post-keyed']), ...take(50, workloads.post)];
    const keys = [
      ...makeUsers().map(({ emailKey }) => emailKey),
      ...asked.map((each) => bodyOf(each).email.toLowerCase()),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('have a key of their own where they have one', () => {
    const keys = take(50, createWorkloads(dataset)['post-keyed']).map(({ headers }) => headers?.['idempotency-key']);
    expect(new Set(keys).size).toBe(50);
    expect(keys).not.toContain(undefined);
    expect(createWorkloads(dataset).post().headers).not.toHaveProperty('idempotency-key');
  });

  it.each([{ version: 2 }, { email: 'other@example.com' }, { id: undefined }, { role: 'owner' }])(
    'take no answer for another person: %j',
    (change) => {
      const asked = createWorkloads(dataset).post();
      const created = { id: 'a', version: 1, ...bodyOf(asked) };
      expect(asked.isRight(created)).toBe(true);
      expect(asked.isRight({ ...created, ...change })).toBe(false);
    },
  );
});

describe('patches', () => {
  const written = { tenantId: 'a', ids: ['x', 'y', 'z'] };
  const versionOf = ({ headers }: Asked) => headers?.['if-match'];

  it('change each user of the tenant in turn, with the version that the last change left', () => {
    const { patch } = createWorkloads({ ...dataset, written });
    const asked = Array.from({ length: 7 }, () => {
      const each = patch();
      each.settle?.();
      return `${each.path} ${versionOf(each)}`;
    });
    expect(asked).toEqual([
      '/v1/users/x "1"',
      '/v1/users/y "1"',
      '/v1/users/z "1"',
      '/v1/users/x "2"',
      '/v1/users/y "2"',
      '/v1/users/z "2"',
      '/v1/users/x "3"',
    ]);
  });

  it('leave a user alone until the change under way is answered', () => {
    const { patch } = createWorkloads({ ...dataset, written });
    const [x, y, z] = take(3, patch);
    expect(() => patch()).toThrow('take fewer connections');
    y?.settle?.();
    const again = patch();
    expect([again.path, versionOf(again)]).toEqual([y?.path, '"2"']);
    expect(x?.path).not.toBe(z?.path);
  });

  it('change something each time, and take no answer but that of the change', () => {
    const { patch } = createWorkloads({ ...dataset, written });
    const [first, second] = take(2, patch) as [Asked, Asked];
    expect(bodyOf(first)).not.toEqual(bodyOf(second));
    const changed = { id: 'x', version: 2, ...bodyOf(first) };
    expect(first.isRight(changed)).toBe(true);
    expect(first.isRight({ ...changed, version: 1 })).toBe(false);
    expect(first.isRight({ ...changed, name: 'as before' })).toBe(false);
  });
});
