import { v7 as uuidv7 } from 'uuid';

const firstAt = Date.UTC(2025, 0, 1);
const intervalMs = 61_000;
const statuses = ['pending', 'paid', 'shipped', 'cancelled'] as const;

const createItem = (seed: number) => ({
  sku: `SKU-${String((seed * 7919) % 100_000).padStart(5, '0')}`,
  name: ['Blue Lamp', 'Large Desk', 'Steel Cable', 'Oak Bottle', 'Compact Chair'][seed % 5],
  qty: 1 + (seed % 9),
  unitPrice: 100 + ((seed * 104_729) % 99_900),
});

type SampleOptions = { readonly tenantIds: readonly string[]; readonly count: number };

/** Creates stored orders of the tenants in turn, the oldest first: three items each, as the orders of the peers have. */
export const createOrders = ({ tenantIds, count }: SampleOptions) =>
  Array.from({ length: count }, (_, index) => {
    const createdAt = new Date(firstAt + index * intervalMs);
    const id = uuidv7({ msecs: createdAt.getTime() });
    const items = [0, 1, 2].map((offset) => createItem(index * 3 + offset));
    return {
      _id: id,
      tenantId: tenantIds[index % tenantIds.length],
      version: 1,
      createdAt,
      updatedAt: createdAt,
      number: `ORD-${id.slice(-8)}`,
      customerId: `c${String((index * 7919) % 1_000_000).padStart(6, '0')}`,
      status: statuses[index % statuses.length],
      currency: 'EUR',
      note: 'Leave at the back door',
      items,
      total: items.reduce((total, { qty, unitPrice }) => total + qty * unitPrice, 0),
    };
  });
