import type { Platform } from '@plinth/load';
import { createId } from '@plinth/testing';

type Role = 'owner' | 'viewer';

const usersMax = 12;

async function call(url: string, { token, ...init }: { token: string } & RequestInit): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) };
  const response = await fetch(url, { ...init, headers });
  if (!response.ok) throw new Error(`${init.method} ${url} returned ${response.status}: ${await response.text()}`);
  return response;
}

/**
 * Creates a tenant of active, suspended and deleted users, and a token for it. The token's owner is none of `ids`: schemathesis
 * would delete or suspend them, and every later request would fail.
 */
export async function createTenant(platform: Platform, role: Role): Promise<{ token: string; ids: readonly string[] }> {
  const tenantId = createId();
  const token = await platform.createToken({ id: createId(), tenantId, role: 'owner' });
  const users = `${platform.url}/v1/users`;
  const ids: string[] = [];
  for (let index = 0; index < usersMax; index += 1) {
    const body = JSON.stringify({ name: `User ${index}`, email: `user.${index}@acme.example`, role });
    const created = await call(users, { token, method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { id, version } = (await created.json()) as { id: string; version: number };
    ids.push(id);
    if (index % 4 === 1) await call(`${users}/${id}/suspension`, { token, method: 'POST' });
    if (index % 4 === 2) {
      await call(`${users}/${id}`, { token, method: 'DELETE', headers: { 'if-match': `"${version}"` } });
    }
  }
  if (role === 'owner') return { token, ids };
  return { token: await platform.createToken({ id: ids[0] ?? '', tenantId, role }), ids };
}
