import { commonErrors } from '@plinth/contract-kit';
import type { Collection, Ctx } from '@plinth/data-kit';
import type { OrderDocument, ProductDocument } from '@plinth/models/orders';
import { ordersErrors } from '@plinth/service-contracts/orders';

type Products = Collection<ProductDocument, 'updateWhere'>;
type Lines = OrderDocument['lines'];

/** Sorts lines by product, so that transactions lock the products of two orders in the same sequence. */
const inLockOrder = (lines: Lines): Lines =>
  lines.toSorted((left, right) => (left.productId < right.productId ? -1 : 1));

/**
 * Takes the items of all lines from the stock, at the prices of the lines. When a product is changed meanwhile, the commit fails and the
 * request is executed once more with what is stored then, so that the client learns the reason or pays the new price.
 */
export const takeStock = (
  products: Collection<ProductDocument, 'require' | 'updateWhere'>,
  ctx: Ctx,
  lines: Lines,
): void => {
  for (const { productId: _id, quantity, price } of inLockOrder(lines)) {
    const { amount: priceAmount, currency } = price;
    const outOfStock = ordersErrors.outOfStock({ productId: _id });
    products.for(ctx).updateWhere({ _id, stock: { $gte: quantity } }, { $inc: { stock: -quantity } }, outOfStock);
    // A condition apart, because its failure has another error.
    products.for(ctx).require({ _id, status: 'active', priceAmount, currency }, ordersErrors.pricesChanged());
  }
};

/** Returns the items that have not been shipped to the stock. */
export const returnStock = (products: Products, ctx: Ctx, lines: Lines): void => {
  for (const { productId, quantity, shipped } of inLockOrder(lines)) {
    const open = quantity - shipped;
    if (open === 0) continue;
    products.for(ctx).updateWhere({ _id: productId }, { $inc: { stock: open } }, commonErrors.conflict());
  }
};
