import { ApiError } from '@plinth/contract-kit';
import { ignoreConflict, type RunOperation } from './operations.ts';
import { type DemoTenant, demoTenants, getDemoUser } from './users.ts';

type Product = { readonly sku: string; readonly name: string; readonly amount: number; readonly stock: number };

const catalogues: Readonly<Record<DemoTenant, { readonly currency: string; readonly products: readonly Product[] }>> = {
  acme: {
    currency: 'EUR',
    products: [
      { sku: 'TEA-GREEN', name: 'Green tea, 100 g', amount: 1250, stock: 200 },
      { sku: 'TEA-BLACK', name: 'Black tea, 100 g', amount: 990, stock: 150 },
      { sku: 'POT-CAST-IRON', name: 'Teapot of cast iron', amount: 6900, stock: 12 },
      { sku: 'CUP-PORCELAIN', name: 'Cup of porcelain', amount: 1490, stock: 0 },
      { sku: 'TEA-XMAS', name: 'Christmas tea', amount: 1390, stock: 7 },
    ],
  },
  globex: {
    currency: 'USD',
    products: [
      { sku: 'BOLT-M8', name: 'Bolt M8, 100 pieces', amount: 1900, stock: 5000 },
      { sku: 'DRILL-18V', name: 'Cordless drill, 18 V', amount: 15_900, stock: 25 },
      { sku: 'SAW-42', name: 'Hand saw, 42 cm', amount: 2450, stock: 60 },
      { sku: 'GLOVES-L', name: 'Work gloves, size L', amount: 1200, stock: 0 },
      { sku: 'LAMP-CARBIDE', name: 'Carbide lamp', amount: 3300, stock: 3 },
    ],
  },
};

/** The last product of each catalogue is archived. */
const archivedIndex = 4;

const voucherCode = 'WELCOME10';

const kindDigits = { product: 'd', order: 'e', rule: 'f' } as const;

/** The ids of demo data are fixed, so that it is added once: that of the tenant with a kind and a number. */
const createId = (tenantId: string, kind: keyof typeof kindDigits, index: number): string =>
  `${tenantId.slice(0, 24)}${kindDigits[kind]}0000000${tenantId.at(-2)}${index.toString(16).padStart(3, '0')}`;

const from = (fact: 'subtotal' | 'quantity', value: number) => ({
  all: [{ fact, operator: 'greaterThanInclusive', value }],
});

/** One rule of each kind. `productId` is the first product. */
const createRules = (productId: string, currency: string): readonly object[] => [
  {
    name: 'Five and more: 15 % off',
    currency,
    productIds: [productId],
    conditions: from('quantity', 5),
    effect: { kind: 'volume-discount', discount: { basisPoints: 1500 } },
  },
  {
    name: 'Free shipping from 50',
    currency,
    conditions: from('subtotal', 5000),
    effect: { kind: 'free-shipping' },
  },
  {
    name: 'Welcome: 10 % off',
    currency,
    effect: { kind: 'voucher', code: voucherCode, usesMax: 100, discount: { basisPoints: 1000 } },
  },
];

const addRules = async (run: RunOperation, tenant: DemoTenant, productId: string): Promise<void> => {
  for (const [index, body] of createRules(productId, catalogues[tenant].currency).entries()) {
    const id = createId(demoTenants[tenant], 'rule', index);
    await run('createPricingRule', { body }, id).catch(ignoreConflict);
  }
};

/** The steps of an order: the operation, the status after it, and its body. */
type Step = readonly [operationId: string, status: string, body?: object];

const pay: Step = ['markOrderPaid', 'paid'];
const ship: Step = ['shipOrder', 'shipped', {}];

/** The steps of one order in each status, without that of placing it. */
const createSteps = (productId: string): readonly (readonly Step[])[] => [
  [],
  [pay],
  [pay, ['shipOrder', 'partly-shipped', { lines: [{ productId, quantity: 1 }] }]],
  [pay, ship],
  [pay, ship, ['deliverOrder', 'delivered']],
  [['cancelOrder', 'cancelled']],
  [pay, ['refundOrder', 'refunded', {}]],
];

const customers = ['Ada Byron', 'Alan Mathison', 'Edsger W.', 'Barbara L.', 'Donald E.', 'Radia P.', 'Tony H.'];

type Order = { readonly status: string };

const findOrder = async (run: RunOperation, id: string): Promise<Order | undefined> => {
  try {
    return await run<Order>('getOrder', { id, query: {} });
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not-found') return undefined;
    throw error;
  }
};

const addProducts = async (run: RunOperation, tenant: DemoTenant): Promise<void> => {
  const { currency, products } = catalogues[tenant];
  for (const [index, { sku, name, amount, stock }] of products.entries()) {
    const id = createId(demoTenants[tenant], 'product', index);
    const body = { sku, name, price: { amount, currency }, stock };
    await run('createProduct', { body }, id).catch(ignoreConflict);
    if (index === archivedIndex) await run('archiveProduct', { id }).catch(ignoreConflict);
  }
};

type OrderPlan = { readonly id: string; readonly steps: readonly Step[]; readonly body: object };

/** Places an order and performs the steps that it has not had. An order that was changed otherwise stays as it is. */
const addOrder = async (run: RunOperation, { id, steps, body }: OrderPlan): Promise<void> => {
  const order = (await findOrder(run, id)) ?? (await run<Order>('placeOrder', { body }, id));
  const done = ['placed', ...steps.map(([, status]) => status)].indexOf(order.status);
  if (done < 0) return;
  for (const [operationId, , stepBody] of steps.slice(done)) await run(operationId, { id, body: stepBody });
};

/** Adds a catalogue, pricing rules and an order in each status to a demo organization. */
export const addDemoShop = async (run: RunOperation, tenant: DemoTenant): Promise<void> => {
  const tenantId = demoTenants[tenant];
  await addProducts(run, tenant);
  const [first, second] = [0, 1].map((index) => createId(tenantId, 'product', index)) as [string, string];
  await addRules(run, tenant, first);
  for (const [index, steps] of createSteps(first).entries()) {
    const { id: userId } = getDemoUser(tenant, 'viewer');
    const body = {
      customer: index % 2 ? { userId } : { reference: `C-${1000 + index}` },
      lines: [
        { productId: first, quantity: index + 2 },
        { productId: second, quantity: 1 },
      ],
      shippingAddress: {
        recipient: customers[index],
        street: `Example Street ${index + 1}`,
        city: 'Sampleton',
        country: 'GB',
      },
      shippingFee: { amount: 490, currency: catalogues[tenant].currency },
      ...(index % 3 === 0 && { voucherCode }),
    };
    await addOrder(run, { id: createId(tenantId, 'order', index), steps, body }).catch(ignoreConflict);
  }
};
