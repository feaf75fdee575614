// Run before each start of the platform by the peers' benchmark. Creates its databases with as many orders as each peer has, and prints
// the headers and ids that the load uses.
import { createTokenSigner, PrivateJwk, type TokenSubject } from '@plinth/auth';
import { openRaw } from '@plinth/mongo/testing';
import { createStoredUser } from '@plinth/testing';
import { startService } from '@plinth/testing/process';
import { v7 as uuidv7 } from 'uuid';
import { createOrders } from './sample-orders.ts';

const { MONGODB_URI = '', MONGODB_DATABASE_PREFIX: prefix = '', SIGNING_KEY = '', PORT: _, ...settings } = process.env;
const tenantCount = 10;
const ordersPerTenant = 1000;

const signer = createTokenSigner({
  key: PrivateJwk.parse(JSON.parse(SIGNING_KEY)),
  issuer: 'plinth',
  audience: 'plinth-api',
  clock: { now: () => new Date() },
});
const createHeaders = async (user: TokenSubject) => ({ authorization: `Bearer ${await signer.sign(user)}` });

const raw = openRaw(MONGODB_URI);
try {
  await raw.dropAll(prefix);
  // The first start creates the collections with their indexes and validators.
  const env = { ...settings, MONGODB_URI, MONGODB_DATABASE_PREFIX: prefix };
  const service = await startService(new URL('./server.ts', import.meta.url), env);
  await service.end('SIGTERM');

  const users = Array.from({ length: tenantCount }, () => ({
    id: uuidv7(),
    tenantId: uuidv7(),
    role: 'member' as const,
  }));
  await raw.collection(`${prefix}users`, 'users').insertMany(users.map(createStoredUser));
  const orders = createOrders({
    tenantIds: users.map(({ tenantId }) => tenantId),
    count: tenantCount * ordersPerTenant,
  });
  await raw.collection(`${prefix}orders`, 'orders').insertMany(orders);

  const [reader, writer] = users.map(({ id, tenantId, role }) => ({ id, tenantId, roles: [role] }));
  if (!reader || !writer) throw new Error('There are no two tenants.');
  const listIds = (tenantId: string) => orders.filter((order) => order.tenantId === tenantId).map(({ _id }) => _id);
  console.log(
    JSON.stringify({
      headers: await createHeaders(reader),
      postHeaders: await createHeaders(writer),
      ids: listIds(reader.tenantId),
      foreignIds: listIds(writer.tenantId),
    }),
  );
} finally {
  await raw.close();
}
