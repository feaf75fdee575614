import type { OrdersService, PricingRulesService, ProductsService } from '@plinth/contracts/orders';

export { type FakePayments, fakePayments } from './fake-payments.ts';
export { paymentsSuite } from './payments-suite.ts';

type CreateProduct = Parameters<ProductsService['createProduct']>[0]['body'];

let created = 0;

/** Creates a valid body of `createProduct` with a unique SKU. */
export const createProductInput = (overrides: Partial<CreateProduct> = {}): CreateProduct => {
  created += 1;
  const price = { amount: 1250, currency: 'EUR' };
  return { sku: `SKU-${created}`, name: `Product ${created}`, price, stock: 40, ...overrides };
};

type PlaceOrder = Parameters<OrdersService['placeOrder']>[0]['body'];

/** Creates a valid body of `placeOrder` for products, one line for each. */
export const placeOrderInput = (
  items: readonly (readonly [product: { readonly id: string }, quantity: number])[],
  overrides: Partial<PlaceOrder> = {},
): PlaceOrder => ({
  customer: { reference: 'C-1017' },
  lines: items.map(([{ id: productId }, quantity]) => ({ productId, quantity })),
  shippingAddress: { recipient: 'Ada Lovelace', street: '12 St James’s Square', city: 'London', country: 'GB' },
  ...overrides,
});

export type CreatePricingRule = Parameters<PricingRulesService['createPricingRule']>[0]['body'];

/** Creates a valid body of `createPricingRule`: by default 10 % off each order in euros. */
export const createRuleInput = (overrides: Partial<CreatePricingRule> = {}): CreatePricingRule => ({
  name: 'Ten percent off',
  currency: 'EUR',
  effect: { kind: 'volume-discount', discount: { basisPoints: 1000 } },
  ...overrides,
});

type Voucher = Extract<CreatePricingRule['effect'], { readonly kind: 'voucher' }>;

/** Creates a valid body of `createPricingRule` for a voucher with a unique code: by default 5 euros off, twice. */
export const createVoucherInput = (
  effect: Partial<Voucher> = {},
  overrides: Partial<CreatePricingRule> = {},
): CreatePricingRule => {
  created += 1;
  const voucher = { kind: 'voucher', code: `CODE-${created}`, usesMax: 2, discount: { amount: 500 } } as const;
  return createRuleInput({ name: 'Voucher', effect: { ...voucher, ...effect }, ...overrides });
};

/** Creates a valid body of `createPricingRule`: by default free shipping from 50 euros. */
export const createFreeShippingInput = (overrides: Partial<CreatePricingRule> = {}): CreatePricingRule =>
  createRuleInput({
    name: 'Free shipping',
    conditions: { all: [{ fact: 'subtotal', operator: 'greaterThanInclusive', value: 5000 }] },
    effect: { kind: 'free-shipping' },
    ...overrides,
  });
