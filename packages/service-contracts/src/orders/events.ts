import { defineEvents, Id, Money } from '@plinth/contract-kit';
import { OrderId, PricingRuleId, ProductId, Quantity, StockMovement } from '@plinth/dtos/orders';
import { z } from 'zod';

const { id: MovementId, quantity } = StockMovement.shape;

export const productsEvents = defineEvents('orders', {
  aggregate: { productId: ProductId },
  events: {
    productCreated: {},
    /** The name, the description or the price was changed. */
    productUpdated: {},
    productArchived: {},
    productReactivated: {},
    /** Items were added to the stock. */
    productRestocked: { movementId: MovementId, quantity },
  },
});

const Items = z.array(z.object({ productId: ProductId, quantity: Quantity }));

export const ordersEvents = defineEvents('orders', {
  aggregate: { orderId: OrderId },
  events: {
    orderPlaced: { lines: Items, total: Money },
    /** The shipping address or the note was changed. */
    orderUpdated: {},
    orderPaid: { paid: Money },
    /** The items are in the stock again, and what had been paid was refunded. */
    orderCancelled: { refunded: Money },
    orderShipped: { lines: Items, isWhole: z.boolean() },
    orderDelivered: {},
    /** With `isWhole`, all that had been paid is refunded now, and items that were not shipped are in the stock again. */
    orderRefunded: { amount: Money, isWhole: z.boolean() },
    /** The customer was erased, and the order has ended: it has no personal data any more. */
    orderCustomerErased: {},
    /** A part of the history of the order has lost its personal data, until this time, and there is more. */
    orderHistoryErasureContinued: { after: z.iso.datetime() },
  },
});

export const erasedCustomersEvents = defineEvents('orders', {
  aggregate: { erasedCustomerId: Id },
  events: {
    /** A user was erased. From now on, orders of this customer lose their personal data when they end. */
    customerErasureStarted: {},
    /** Some orders of the customer that had ended have lost their personal data, and there are more. */
    customerErasureContinued: {},
  },
});

export const fulfilmentsEvents = defineEvents('orders', {
  aggregate: { fulfilmentId: Id },
  events: {
    fulfilmentStarted: { orderId: OrderId },
    /** The order was charged and shipped. */
    fulfilmentCompleted: { orderId: OrderId },
    /** The order is cancelled, its items that were not shipped are in the stock again, and what was charged is refunded. */
    fulfilmentCancelled: { orderId: OrderId, reason: z.string() },
  },
});

export const pricingRulesEvents = defineEvents('orders', {
  aggregate: { ruleId: PricingRuleId },
  events: {
    pricingRuleCreated: {},
    pricingRuleReplaced: {},
    pricingRuleDisabled: {},
    pricingRuleEnabled: {},
  },
});
