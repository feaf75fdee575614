import {
  definePage,
  Id,
  Money,
  MultiLineText,
  pii,
  resourceExample,
  resourceFields,
  SingleLineText,
} from '@plinth/contract-kit';
import { z } from 'zod';
import { CountryCode } from './country.ts';
import { PricingRuleId, PricingRuleKind, PricingRuleName } from './pricing-rule.ts';
import { ProductId, ProductName, quantityMax, Sku } from './product.ts';

export const OrderId = Id.meta({ id: 'OrderId', description: 'The id of an order.' });

export const OrderStatus = z
  .enum(['placed', 'paid', 'partly-shipped', 'shipped', 'delivered', 'cancelled', 'refunded'])
  .meta({ id: 'OrderStatus', description: 'The state of the order; docs/lifecycles.md has the ways between them.' });
export type OrderStatus = z.infer<typeof OrderStatus>;

/** The changes of an order that its status allows or refuses. */
export const OrderTransition = z
  .enum(['update', 'cancel', 'mark-paid', 'ship', 'deliver', 'refund'])
  .meta({ id: 'OrderTransition', description: 'A change of an order.' });
export type OrderTransition = z.infer<typeof OrderTransition>;

const isUserId = (text: string): boolean => Id.safeParse(text).success;

/** A customer who is not a user. A text in the form of a user id is refused, so that both can be searched by one filter. */
export const CustomerReference = pii(
  SingleLineText.max(64).refine((text) => !isUserId(text), 'has the form of a user id: send it as userId'),
).describe('Your own number of a customer who is not a user.');

export const Customer = z
  .union([
    z.strictObject({ userId: Id.describe('The id of a user of the organization.') }),
    z.strictObject({ reference: CustomerReference }),
  ])
  .meta({ id: 'Customer', description: 'A user, or a customer of another system.' });
export type Customer = z.infer<typeof Customer>;

export const ShippingAddress = pii(
  z.object({
    recipient: SingleLineText.max(200).describe('The name on the parcel.'),
    street: SingleLineText.max(200).describe('Street and number, or a post box.'),
    postalCode: SingleLineText.max(20).optional().describe('The postal code, where there are any.'),
    city: SingleLineText.max(100).describe('The town.'),
    country: CountryCode,
  }),
).meta({ id: 'ShippingAddress' });

export const OrderNote = pii(MultiLineText.max(1000)).describe('Your own note.');

export const Quantity = z.int().min(1).max(quantityMax).describe('How many items.');

export const OrderLine = z
  .object({
    productId: ProductId,
    sku: Sku,
    name: ProductName,
    quantity: Quantity,
    shipped: z.int().min(0).describe('How many of the items have been shipped.'),
    price: Money.describe('The price of one item when the order was placed.'),
    total: Money.describe('The price of the line.'),
  })
  .meta({ id: 'OrderLine' });
export type OrderLine = z.infer<typeof OrderLine>;

export const AppliedRule = z
  .object({
    ruleId: PricingRuleId,
    name: PricingRuleName,
    kind: PricingRuleKind,
    amount: Money.describe('What the rule takes off the price of the lines, or off the shipping fee.'),
  })
  .meta({ id: 'AppliedRule', description: 'A pricing rule as it applied when the order was placed.' });
export type AppliedRule = z.infer<typeof AppliedRule>;

/** The customer of orders that lost their personal data: the id of no user. */
export const erasedUserId = '00000000-0000-7000-8000-000000000000';

/** Takes the place of an erased text. */
export const erasedText = '[erased]';

const { id } = resourceExample;
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const [subtotal, discount, shipping, total] = [euros(2500), euros(250), euros(490), euros(2740)];
const nothing = { amount: 0, currency: 'EUR' };

/** An address for the examples of the reference. */
export const addressExample = {
  recipient: 'Ada Lovelace',
  street: '12 St James’s Square',
  postalCode: 'SW1Y 4JH',
  city: 'London',
  country: 'GB',
};

const summary = {
  ...resourceExample,
  status: 'placed',
  customer: { userId: id },
  total,
  paid: nothing,
  refunded: nothing,
};

/** An order without its lines, as lists have it. */
export const OrderSummary = z
  .object({
    id: OrderId,
    ...resourceFields,
    status: OrderStatus,
    customer: Customer,
    total: Money.describe('The subtotal without the discount, with shipping.'),
    paid: Money.describe('What has been paid.'),
    refunded: Money.describe('What has been refunded of it.'),
    customerErasedAt: z.iso
      .datetime()
      .optional()
      .describe(
        `When the order lost its personal data, because its customer is a user who was erased. Since then its customer has the \`userId\` \`${erasedUserId}\`, which no user has, the texts of its address are \`${erasedText}\` except the country, and it has no note.`,
      ),
  })
  .meta({ id: 'OrderSummary', examples: [summary] });
export type OrderSummary = z.infer<typeof OrderSummary>;

export const Order = OrderSummary.extend({
  lines: z.array(OrderLine).min(1).max(100).describe('The products, in the order of the request.'),
  subtotal: Money.describe('The sum of the lines.'),
  discount: Money.describe('What volume discounts and a voucher take off the subtotal, never more than it.'),
  shipping: Money.describe('What shipping costs; 0 when a rule makes it free.'),
  appliedRules: z
    .array(AppliedRule)
    .describe('The pricing rules that changed the total: volume discounts, then the voucher, then free shipping.'),
  shippingAddress: ShippingAddress,
  note: OrderNote.optional(),
  fulfilmentId: Id.optional().describe('The fulfilment of the order, once it was started.'),
}).meta({
  id: 'Order',
  examples: [
    {
      ...summary,
      lines: [
        {
          productId: id,
          sku: 'TEA-001',
          name: 'Green tea',
          quantity: 2,
          shipped: 0,
          price: euros(1250),
          total: subtotal,
        },
      ],
      subtotal,
      discount,
      shipping,
      appliedRules: [{ ruleId: id, name: 'Welcome: 10 % off', kind: 'voucher', amount: discount }],
      shippingAddress: addressExample,
      note: 'Leave it with a neighbour.',
    },
  ],
});
export type Order = z.infer<typeof Order>;

export const OrderPage = definePage(OrderSummary);
