import { deepStrictEqual } from 'node:assert/strict';
import { ask, type Target } from './requests.ts';

type User = { readonly id: string; readonly updatedAt: string };

const personOf = (name: string) => ({ name, email: `${name.replace(' ', '.')}@example.com`, role: 'member' });

/** What a server has written must be what every server reads. */
const assertStored = async (targets: readonly Target[], expected: User): Promise<void> => {
  for (const target of targets) {
    const stored = await ask(target, { path: `/v1/users/${expected.id}`, status: 200 });
    deepStrictEqual(stored, expected, `${target.name} does not read what was written.`);
  }
};

const assertWrites = async (target: Target, targets: readonly Target[]): Promise<void> => {
  const body = personOf(`Checked ${target.name}`);
  const created = (await ask(target, { method: 'POST', path: '/v1/users', body, status: 201 })) as User;
  await assertStored(targets, { ...created, ...body, version: 1 } as User);
  const name = 'Patched Person';
  const patch = { method: 'PATCH', path: `/v1/users/${created.id}`, body: { name } } as const;
  const headers = { 'if-match': '"1"' };
  const { updatedAt } = (await ask(target, { ...patch, headers, status: 200 })) as User;
  await assertStored(targets, { ...created, ...body, name, version: 2, updatedAt } as User);
  await ask(target, { ...patch, headers, status: 412 });
};

/** The platform keeps its promises while it is measured: it knows callers, asks for versions and repeats answers. */
const assertPromises = async (target: Target): Promise<void> => {
  const post = { method: 'POST', path: '/v1/users', body: personOf('Checked twice') } as const;
  await ask({ ...target, headers: {} }, { ...post, status: 401 });
  const keyed = { ...post, headers: { 'idempotency-key': 'checked-twice' }, status: 201 };
  const first = (await ask(target, keyed)) as User;
  const second = await ask(target, keyed);
  deepStrictEqual(second, first, 'The platform does not repeat the answer to a key.');
  const path = `/v1/users/${first.id}`;
  await ask(target, { method: 'PATCH', path, body: { name: 'Patched Person' }, status: 428 });
};

/**
 * Makes sure that the writes which will be timed are writes: what one server has acknowledged, both can read; a version
 * is taken once; and the platform does all that it promises.
 */
export const assertSameWrites = async (targets: readonly Target[]): Promise<void> => {
  for (const target of targets) await assertWrites(target, targets);
  for (const target of targets) if (target.name === 'platform') await assertPromises(target);
};
