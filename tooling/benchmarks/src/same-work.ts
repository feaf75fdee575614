import { deepStrictEqual } from 'node:assert/strict';
import { createExchanges, type Exchange, send } from './requests.ts';
import { createOwner, reader, type Server } from './servers.ts';

const request = async ({ url, createHeaders }: Server, user: typeof reader, exchange: Exchange) =>
  JSON.parse(await send({ url, headers: await createHeaders(user) }, exchange));

const read = async (server: Server) => {
  const user = await request(server, reader, createExchanges('get', server.readIds)());
  const { items } = await request(server, reader, createExchanges('list', [])());
  return { user, items };
};

/** Creates a user. @throws unless both servers return it. */
const write = async (server: Server, servers: readonly Server[]): Promise<void> => {
  const writer = createOwner();
  const created = await request(server, writer, createExchanges('post', [])());
  for (const other of servers) {
    const stored = await request(other, writer, createExchanges('get', [created.id])());
    deepStrictEqual(stored, created, `${other.name} does not return what ${server.name} has written.`);
  }
};

/** @throws unless both servers return the same users and store the same writes, and only the raw one needs no token. */
export const assertSameWork = async (platform: Server, raw: Server): Promise<void> => {
  deepStrictEqual(await read(platform), await read(raw), 'The servers return different users.');
  await write(platform, [platform, raw]);
  await write(raw, [platform, raw]);
  const withoutToken = { ...createExchanges('get', platform.readIds)(), status: 401, bodyPart: '' };
  await send({ url: platform.url, headers: {} }, withoutToken);
};
