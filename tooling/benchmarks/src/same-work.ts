import { deepStrictEqual } from 'node:assert/strict';
import type { Headers } from './requests.ts';
import { reader, type Server, writer } from './servers.ts';

type RequestOptions = { readonly method?: string; readonly headers?: Headers; readonly body?: object };

const timeoutMs = 5000;

/** Sends one request and returns the JSON of its response. @throws when it has another status. */
const expectStatus = async (
  status: number,
  url: string,
  { method = 'GET', headers, body }: RequestOptions,
): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    signal: AbortSignal.timeout(timeoutMs),
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status === status) return JSON.parse(text);
  throw new Error(`${method} ${url} returned ${response.status}, not ${status}: ${text}`);
};

type Page = { readonly items: readonly unknown[]; readonly nextCursor: string };
type User = { readonly id: string };

const read = async ({ url, readIds, createHeaders }: Server) => {
  const headers = await createHeaders(reader);
  const users = `${url}/v1/users`;
  const user = await expectStatus(200, `${users}/${readIds[0]}`, { headers });
  const first = (await expectStatus(200, `${users}?limit=20`, { headers })) as Page;
  const cursor = encodeURIComponent(first.nextCursor);
  const second = (await expectStatus(200, `${users}?limit=20&cursor=${cursor}`, { headers })) as Page;
  return { user, items: [...first.items, ...second.items] };
};

/** Creates and updates a user. @throws unless both servers return it, and a stale version is rejected. */
const write = async (server: Server, servers: readonly Server[]): Promise<void> => {
  const headers = await server.createHeaders(writer);
  const users = `${server.url}/v1/users`;
  const body = { name: 'Ada Lovelace', email: `${server.name}@example.com`, role: 'member' };
  const created = (await expectStatus(201, users, { method: 'POST', headers, body })) as User;
  const patch = { method: 'PATCH', headers: { ...headers, 'if-match': '"1"' }, body: { name: 'Ada King' } };
  const updated = (await expectStatus(200, `${users}/${created.id}`, patch)) as object;
  await expectStatus(412, `${users}/${created.id}`, patch);
  for (const { name, url, createHeaders } of servers) {
    const stored = await expectStatus(200, `${url}/v1/users/${created.id}`, { headers: await createHeaders(writer) });
    deepStrictEqual(
      stored,
      { ...created, ...body, ...updated, version: 2 },
      `${name} does not return what was written.`,
    );
  }
};

/** @throws unless both servers return the same users and store the same writes, and only the raw one needs no token. */
export const assertSameWork = async (platform: Server, raw: Server): Promise<void> => {
  deepStrictEqual(await read(platform), await read(raw), 'The servers return different users.');
  await write(platform, [platform, raw]);
  await write(raw, [platform, raw]);
  await expectStatus(401, `${platform.url}/v1/users/${platform.readIds[0]}`, {});
};
