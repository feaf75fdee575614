import type { Platform } from '@plinth/load';
import { createId } from '@plinth/testing';

type Role = 'owner' | 'viewer';

const usersMax = 12;
const ordersMax = 4;

async function call(url: string, { token, ...init }: { token: string } & RequestInit): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) };
  const response = await fetch(url, { ...init, headers });
  if (!response.ok) throw new Error(`${init.method} ${url} returned ${response.status}: ${await response.text()}`);
  return response;
}

/** Creates a voucher, and products with an order of each, of which half are paid. @returns their ids. */
async function createOrders({ url }: Platform, token: string): Promise<string[]> {
  const post = async (path: string, body?: object): Promise<string> => {
    const headers = { 'idempotency-key': createId(), ...(body && { 'content-type': 'application/json' }) };
    const init = { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) };
    return ((await (await call(url + path, { token, ...init })).json()) as { id: string }).id;
  };
  const effect = { kind: 'voucher', code: 'WELCOME', usesMax: ordersMax, discount: { basisPoints: 1000 } };
  const ids = [await post('/v1/pricing-rules', { name: 'Welcome', currency: 'EUR', effect })];
  for (let index = 0; index < ordersMax; index += 1) {
    const price = { amount: 1250, currency: 'EUR' };
    const productId = await post('/v1/products', { sku: `SKU-${index}`, name: `Product ${index}`, price, stock: 40 });
    const shippingAddress = { recipient: 'Ada', street: 'Main Street 1', city: 'London', country: 'GB' };
    const lines = [{ productId, quantity: 2 }];
    const voucher = index % 2 ? { voucherCode: 'WELCOME' } : {};
    const order = { customer: { reference: `C-${index}` }, lines, shippingAddress, ...voucher };
    const orderId = await post('/v1/orders', order);
    if (index % 2) await post(`/v1/orders/${orderId}/payment`);
    ids.push(productId, orderId);
  }
  return ids;
}

/**
 * Creates a tenant with products, orders, a voucher and active, suspended and deleted users, and a token for it. The token's owner is none
 * of `ids`: schemathesis would delete or suspend them, and every later request would fail.
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
  const [viewerId = ''] = ids;
  ids.push(...(await createOrders(platform, token)));
  if (role === 'owner') return { token, ids };
  return { token: await platform.createToken({ id: viewerId, tenantId, role }), ids };
}
