import { defineErrors, Money } from '@plinth/contract-kit';
import { OrderStatus, OrderTransition, ProductId } from '@plinth/dtos/orders';
import { z } from 'zod';

const readRule = 'Read the rule with `GET /v1/pricing-rules/{id}`; nothing needs to be done.';
const readProduct = 'Read the product with `GET /v1/products/{id}`; nothing needs to be done.';

export const ordersErrors = defineErrors('orders', {
  skuTaken: {
    status: 409,
    title: 'A product with this SKU already exists.',
    fix: 'Use another SKU, or find the product with `GET /v1/products?sku=…`.',
  },
  alreadyArchived: { status: 409, title: 'The product is already archived.', fix: readProduct },
  notArchived: {
    status: 409,
    title: 'The product is not archived, so there is nothing to reactivate.',
    fix: readProduct,
  },
  stockTooLarge: {
    status: 409,
    title: 'The stock of a product is at most 1,000,000,000 items.',
    fix: 'Read the product with `GET /v1/products/{id}` and add fewer items.',
  },
  productUnavailable: {
    status: 409,
    title: 'A product does not exist or is archived.',
    fix: 'Order without the product in `data`, or reactivate it.',
    data: z.object({ productId: ProductId }),
  },
  outOfStock: {
    status: 409,
    title: 'There are not enough items of a product.',
    fix: 'Read the product in `data` with `GET /v1/products/{id}`, and order at most its stock.',
    data: z.object({ productId: ProductId }),
  },
  illegalTransition: {
    status: 409,
    title: 'The status of the order does not allow this.',
    fix: 'Use one of the changes in `data`, which its status allows now.',
    data: z.object({ status: OrderStatus, legal: z.array(OrderTransition) }),
  },
  beingCharged: {
    status: 409,
    title: 'The order is being charged by its fulfilment.',
    fix: 'Read the fulfilment with `GET /v1/orders/{id}/fulfilment`, and repeat the request when it waits for the shipment.',
  },
  fulfilmentStarted: {
    status: 409,
    title: 'The order has a fulfilment already.',
    fix: 'Read it with `GET /v1/orders/{id}/fulfilment`; nothing needs to be done.',
  },
  shipmentTooLarge: {
    status: 409,
    title: 'The order has fewer items of a product that have not been shipped.',
    fix: 'Ship at most the number in `data`.',
    data: z.object({ productId: ProductId, open: z.int().min(0) }),
  },
  refundTooLarge: {
    status: 409,
    title: 'The amount is more than what has been paid and not refunded.',
    fix: 'Refund at most the amount in `data`.',
    data: z.object({ refundable: Money }),
  },
  pricesChanged: {
    status: 409,
    title: 'Prices or pricing rules were changed while the order was placed.',
    fix: 'Place the order again with a new idempotency key.',
  },
  voucherUnavailable: {
    status: 409,
    title: 'There is no active voucher with this code.',
    fix: 'Check the code with the customer, or order without it.',
  },
  voucherUsedUp: {
    status: 409,
    title: 'The voucher has been used as often as it allows.',
    fix: 'Order without the voucher.',
  },
  voucherNotApplicable: {
    status: 409,
    title: 'The voucher takes nothing off this order.',
    fix: 'Read the currency, the products and the conditions of its rule, and order without it where they do not fit.',
  },
  voucherCodeTaken: {
    status: 409,
    title: 'A voucher with this code already exists.',
    fix: 'Use another code, or replace the rule of the voucher.',
  },
  tooManyRules: {
    status: 409,
    title: 'At most 20 volume discounts and free shippings are active at once.',
    fix: 'Disable one of them with `POST /v1/pricing-rules/{id}/deactivation`.',
  },
  alreadyDisabled: { status: 409, title: 'The pricing rule is already disabled.', fix: readRule },
  notDisabled: { status: 409, title: 'The pricing rule is not disabled.', fix: readRule },
  ruleKindFixed: {
    status: 422,
    title: 'The kind of a pricing rule cannot be changed.',
    fix: 'Disable the rule and create another one.',
  },
  productMissing: {
    status: 422,
    title: 'A product of the pricing rule does not exist.',
    fix: 'Use ids of products as `GET /v1/products` returns them.',
  },
  duplicateProduct: {
    status: 422,
    title: 'A product is in two lines.',
    fix: 'Send one line with the sum of both.',
    data: z.object({ productId: ProductId }),
  },
  currencyMismatch: {
    status: 422,
    title: 'The amounts are in different currencies.',
    fix: 'Use one currency in an order. `data` has those of the request.',
    data: z.object({ currencies: z.array(Money.shape.currency) }),
  },
  amountTooLarge: {
    status: 422,
    title: 'The total is larger than 2^53 - 1.',
    fix: 'Split the order.',
  },
  periodTooLarge: {
    status: 422,
    title: 'The period has too many orders: more than 100,000, or a sum beyond 2^53 - 1.',
    fix: 'Ask for shorter periods and add them up.',
  },
});
