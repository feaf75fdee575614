// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import type { fulfilmentsContract, ordersContract, pricingRulesContract, productsContract, salesContract } from '@plinth/service-contracts/orders';
import { createAction, type RouteOf, readLines } from '../core/index.ts';

/** Place an order. Takes the items of every line from the stock, or of none. The lines keep the prices at which the order is placed, even when a price changes meanwhile. A product in two lines is refused. The pricing rules that are active at that moment apply and are listed in `appliedRules`; only the first rule that an organization creates may miss orders that are being placed. */
export const placeOrder = /* @__PURE__ */ createAction<RouteOf<typeof ordersContract, 'placeOrder'>>({ name: 'POST /v1/orders', domain: 'orders' });

/** List orders. Has the orders without lines, address and note. `customerId` is the id of a user or a reference. Totals are compared by their amounts, whatever the currency. */
export const listOrders = /* @__PURE__ */ createAction<RouteOf<typeof ordersContract, 'listOrders'>>({ name: 'GET /v1/orders', domain: 'orders' });

/** Get an order. Returns the order with its lines, as it is or as it was. Personal data that was erased is in no state of it any more. */
export const getOrder = /* @__PURE__ */ createAction<RouteOf<typeof ordersContract, 'getOrder'>>({ name: 'GET /v1/orders/:id', domain: 'orders' });

/** List the changes of an order. Has the author, the time and the changed fields of each change, the newest first. Personal data that was erased is in no change of it any more. */
export const listOrderHistory = /* @__PURE__ */ createAction<RouteOf<typeof ordersContract, 'listOrderHistory'>>({ name: 'GET /v1/orders/:id/history', domain: 'orders' });

/** Change the shipping address or the note of an order. Until the first shipment. A patch that changes nothing keeps the version. */
export const updateOrder = /* @__PURE__ */ createAction<RouteOf<typeof ordersContract, 'updateOrder'>>({ name: 'PATCH /v1/orders/:id', domain: 'orders' });

/** Cancel an order. Until the first shipment. Returns the items to the stock and the use to its voucher, and refunds what has been paid. */
export const cancelOrder = /* @__PURE__ */ createAction<RouteOf<typeof ordersContract, 'cancelOrder'>>({ name: 'POST /v1/orders/:id/cancellation', domain: 'orders' });

/** Record the payment of an order. The total has been paid outside of this API. */
export const markOrderPaid = /* @__PURE__ */ createAction<RouteOf<typeof ordersContract, 'markOrderPaid'>>({ name: 'POST /v1/orders/:id/payment', domain: 'orders' });

/** Ship an order, whole or in parts. The order has been paid. Without lines, all that has not been shipped is. */
export const shipOrder = /* @__PURE__ */ createAction<RouteOf<typeof ordersContract, 'shipOrder'>>({ name: 'POST /v1/orders/:id/shipments', domain: 'orders' });

/** Record the delivery of an order. All of its items have been shipped. */
export const deliverOrder = /* @__PURE__ */ createAction<RouteOf<typeof ordersContract, 'deliverOrder'>>({ name: 'POST /v1/orders/:id/delivery', domain: 'orders' });

/** Refund an order, whole or in part. Never more than was paid. When all is refunded, the order ends, and items that were not shipped return to the stock; those that a customer sends back are added by a stock movement. The use of a voucher is not returned. */
export const refundOrder = /* @__PURE__ */ createAction<RouteOf<typeof ordersContract, 'refundOrder'>>({ name: 'POST /v1/orders/:id/refunds', domain: 'orders' });

/** Start the fulfilment of an order. Charges the total to the payment method, waits for the shipment, and completes. A declined payment cancels the order, and so does a shipment that has not begun in time, whose charge is refunded. The order has been placed and has no other fulfilment. The response comes before the charge: read the fulfilment for its outcome. */
export const startFulfilment = /* @__PURE__ */ createAction<RouteOf<typeof fulfilmentsContract, 'startFulfilment'>>({ name: 'POST /v1/orders/:id/fulfilment', domain: 'orders' });

/** Get the fulfilment of an order. Has its statuses so far, and the time at which it moves on by itself. */
export const getFulfilment = /* @__PURE__ */ createAction<RouteOf<typeof fulfilmentsContract, 'getFulfilment'>>({ name: 'GET /v1/orders/:id/fulfilment', domain: 'orders' });

/** Create a product. The new product is active. SKUs are unique in an organization. */
export const createProduct = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'createProduct'>>({ name: 'POST /v1/products', domain: 'orders' });

/** List products. Includes archived products. Prices are compared by their amounts, whatever the currency; names without case and accents. */
export const listProducts = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'listProducts'>>({ name: 'GET /v1/products', domain: 'orders' });

/** Search products by words. Finds products with at least one of the words in the name, the description or the SKU. Words are compared whole, without case and accents. */
export const searchProducts = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'searchProducts'>>({ name: 'GET /v1/products/search', domain: 'orders' });

/** Import products from a file. Starts a long operation that creates a product for each line of NDJSON or CSV. A line that is not valid, or whose SKU is taken, is one of the `errors` of the operation, and the others are created. */
export const importProducts = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'importProducts'>>({ name: 'POST /v1/product-imports', domain: 'orders' });

/** Export products. Starts a long operation that copies the products. When it has succeeded, `result.path` returns them. */
export const exportProducts = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'exportProducts'>>({ name: 'POST /v1/product-exports', domain: 'orders' });

/** Download an export of products. Returns the products as they were when the export read them, a line for each, the oldest first. */
export const downloadProductExport = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'downloadProductExport'>>({ name: 'GET /v1/product-exports/:id', domain: 'orders', readItems: readLines });

/** Get a product. The product may be archived. */
export const getProduct = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'getProduct'>>({ name: 'GET /v1/products/:id', domain: 'orders' });

/** Update a product. Orders keep the price at which they were placed. A patch that changes nothing keeps the version. */
export const updateProduct = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'updateProduct'>>({ name: 'PATCH /v1/products/:id', domain: 'orders' });

/** Archive a product. It can no longer be ordered. `POST /v1/products/{id}/reactivation` undoes it. */
export const archiveProduct = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'archiveProduct'>>({ name: 'POST /v1/products/:id/archival', domain: 'orders' });

/** Reactivate an archived product. It can be ordered again. */
export const reactivateProduct = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'reactivateProduct'>>({ name: 'POST /v1/products/:id/reactivation', domain: 'orders' });

/** Add items to the stock of a product. The movement is kept with its reason. An archived product can be restocked. */
export const restockProduct = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'restockProduct'>>({ name: 'POST /v1/products/:id/stock-movements', domain: 'orders' });

/** List the stock movements of a product. Has the items that were added, and not those that orders have taken. */
export const listStockMovements = /* @__PURE__ */ createAction<RouteOf<typeof productsContract, 'listStockMovements'>>({ name: 'GET /v1/products/:id/stock-movements', domain: 'orders' });

/** Create a pricing rule. The new rule is active. All rules whose conditions hold apply to an order, each once: first the volume discounts from the oldest to the newest, then the voucher, then free shipping. Each is computed from the prices before discounts, and the part of a discount that exceeds what is left of the subtotal is dropped. For a discount that grows with the quantity, create one rule for each step, with conditions that exclude each other. */
export const createPricingRule = /* @__PURE__ */ createAction<RouteOf<typeof pricingRulesContract, 'createPricingRule'>>({ name: 'POST /v1/pricing-rules', domain: 'orders' });

/** List pricing rules. Includes disabled rules. */
export const listPricingRules = /* @__PURE__ */ createAction<RouteOf<typeof pricingRulesContract, 'listPricingRules'>>({ name: 'GET /v1/pricing-rules', domain: 'orders' });

/** Get a pricing rule. The rule may be disabled. */
export const getPricingRule = /* @__PURE__ */ createAction<RouteOf<typeof pricingRulesContract, 'getPricingRule'>>({ name: 'GET /v1/pricing-rules/:id', domain: 'orders' });

/** Replace a pricing rule. Orders keep what the earlier rule took off. The kind of a rule stays; the uses of a voucher are kept, even with another code. A body that equals the stored rule changes nothing. */
export const replacePricingRule = /* @__PURE__ */ createAction<RouteOf<typeof pricingRulesContract, 'replacePricingRule'>>({ name: 'PUT /v1/pricing-rules/:id', domain: 'orders' });

/** Disable a pricing rule. The rule no longer applies to new orders. `POST /v1/pricing-rules/{id}/activation` undoes it. */
export const disablePricingRule = /* @__PURE__ */ createAction<RouteOf<typeof pricingRulesContract, 'disablePricingRule'>>({ name: 'POST /v1/pricing-rules/:id/deactivation', domain: 'orders' });

/** Enable a disabled pricing rule. It applies to orders again. The uses of a voucher were kept. */
export const enablePricingRule = /* @__PURE__ */ createAction<RouteOf<typeof pricingRulesContract, 'enablePricingRule'>>({ name: 'POST /v1/pricing-rules/:id/activation', domain: 'orders' });

/** Get the uses of a voucher. Counts the orders with the voucher that were not cancelled. Other rules have no uses. */
export const getVoucherUses = /* @__PURE__ */ createAction<RouteOf<typeof pricingRulesContract, 'getVoucherUses'>>({ name: 'GET /v1/pricing-rules/:id/uses', domain: 'orders' });

/** Get the sales of each day. Counts the orders that were placed in the period, including cancelled ones, by day and currency. */
export const getSalesSummary = /* @__PURE__ */ createAction<RouteOf<typeof salesContract, 'getSalesSummary'>>({ name: 'GET /v1/sales-summary', domain: 'orders' });
