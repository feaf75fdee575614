import type { Person, Platform } from '@plinth/load';
import { anId } from '@plinth/testing';

export type Caller = {
  readonly token: string;
  /** Ids of people of their tenant: some active, some suspended, some removed. */
  readonly ids: readonly string[];
};

const count = 12;

type Answer = { readonly id: string; readonly version: number };

const post = async (url: string, { token, body }: { token: string; body?: object }): Promise<Answer> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
};

const remove = async (url: string, token: string, version: number): Promise<void> => {
  const headers = { authorization: `Bearer ${token}`, 'if-match': `"${version}"` };
  const answer = await fetch(url, { method: 'DELETE', headers });
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}: ${await answer.text()}`);
};

/**
 * Somebody in a tenant of their own with some people in it. An owner is not stored: they would sooner or later remove
 * or suspend themselves, and nothing would be tried after that.
 */
export const aCaller = async (platform: Platform, role: Person['role']): Promise<Caller> => {
  const tenantId = anId();
  const owner = await platform.createToken({ id: anId(), tenantId, role: 'owner' });
  const people = `${platform.url}/v1/users`;
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const body = { name: `Person ${at}`, email: `person.${at}@acme.example`, role };
    const { id, version } = await post(people, { token: owner, body });
    ids.push(id);
    if (at % 4 === 1) await post(`${people}/${id}/suspension`, { token: owner });
    if (at % 4 === 2) await remove(`${people}/${id}`, owner, version);
  }
  if (role === 'owner') return { token: owner, ids };
  return { token: await platform.createToken({ id: ids[0] ?? '', tenantId, role }), ids };
};
