import type { OrdersService } from '@plinth/contracts/orders';
import type { OrderDocument, ProductDocument } from '@plinth/models/orders';
import { ordersErrors } from '@plinth/service-contracts/orders';

type Item = Parameters<OrdersService['placeOrder']>[0]['body']['lines'][number];
type Line = OrderDocument['lines'][number];

/** @throws `duplicate-product` when two items have the same product. */
export const assertEachOnce = (items: readonly Item[]): void => {
  const ids = items.map(({ productId }) => productId);
  const productId = ids.find((id, index) => ids.indexOf(id) !== index);
  if (productId !== undefined) throw ordersErrors.duplicateProduct({ productId });
};

/** @throws `amount-too-large` for an amount that a number does not represent exactly. */
export const assertSafe = (amount: number): number => {
  // The rounded result of a sum or a product beyond 2^53 - 1 is beyond it too.
  if (!Number.isSafeInteger(amount)) throw ordersErrors.amountTooLarge();
  return amount;
};

const toLine = ({ productId, quantity }: Item, product: ProductDocument | undefined): Line => {
  if (product?.status !== 'active') throw ordersErrors.productUnavailable({ productId });
  if (product.stock < quantity) throw ordersErrors.outOfStock({ productId });
  const { sku, name, priceAmount: amount, currency } = product;
  const total = { amount: assertSafe(amount * quantity), currency };
  return { productId, sku, name, quantity, shipped: 0, price: { amount, currency }, total };
};

/**
 * Returns the lines of an order with the prices of their products, and their sum.
 * @throws for a product that is not available, and for amounts that cannot be added.
 */
export const priceLines = (items: readonly Item[], products: readonly ProductDocument[]) => {
  const byId = new Map(products.map((product) => [product._id, product]));
  const lines = items.map((item) => toLine(item, byId.get(item.productId)));
  const currencies = [...new Set(lines.map(({ price }) => price.currency))];
  if (currencies.length > 1) throw ordersErrors.currencyMismatch({ currencies });
  const subtotalAmount = lines.reduce((sum, { total }) => assertSafe(sum + total.amount), 0);
  // An order has at least one line.
  return { lines, currency: currencies[0] as string, subtotalAmount };
};
