import { commonErrors, defineContract, defineRoute, Operation, operationsErrors } from '@plinth/contract-kit';
import {
  CreateProduct,
  ExportProducts,
  ListProductsQuery,
  ListStockMovementsQuery,
  Product,
  ProductExportParams,
  ProductMatches,
  ProductPage,
  ProductParams,
  Restock,
  SearchProductsQuery,
  StockMovement,
  StockMovementPage,
  UpdateProduct,
} from '@plinth/dtos/orders';
import { ordersErrors } from './errors.ts';
import { productsPermissions } from './permissions.ts';

const { alreadyArchived, notArchived, skuTaken, stockTooLarge } = ordersErrors;

/** Room for every valid body, even where each character is written as an escape sequence. */
const bodyBytesMax = 16 * 1024;

const importBytesMax = 10 * 1024 * 1024;
const importLinesMax = 100_000;

const read = { policy: 'products:read' } as const;
const write = { policy: 'products:write' } as const;
const product = { params: ProductParams, responses: { 200: Product } } as const;

export const productsContract = defineContract('products', {
  permissions: productsPermissions,
  routes: {
    createProduct: defineRoute({
      method: 'POST',
      path: '/v1/products',
      summary: 'Create a product',
      description: 'The new product is active. SKUs are unique in an organization.',
      auth: write,
      idempotency: 'optional',
      body: CreateProduct,
      bodyBytesMax,
      responses: { 201: Product },
      errors: [skuTaken],
    }),
    listProducts: defineRoute({
      method: 'GET',
      path: '/v1/products',
      summary: 'List products',
      description:
        'Includes archived products. Prices are compared by their amounts, whatever the currency; names without case and accents.',
      auth: read,
      query: ListProductsQuery,
      responses: { 200: ProductPage },
    }),
    searchProducts: defineRoute({
      method: 'GET',
      path: '/v1/products/search',
      summary: 'Search products by words',
      description:
        'Finds products with at least one of the words in the name, the description or the SKU. Words are compared whole, without case and accents.',
      auth: read,
      query: SearchProductsQuery,
      responses: { 200: ProductMatches },
    }),
    importProducts: defineRoute({
      method: 'POST',
      path: '/v1/product-imports',
      summary: 'Import products from a file',
      description:
        'Starts a long operation that creates a product for each line of NDJSON or CSV. A line that is not valid, or whose SKU is taken, is one of the `errors` of the operation, and the others are created.',
      auth: write,
      limit: 'sensitive',
      upload: { line: CreateProduct, linesMax: importLinesMax },
      bodyBytesMax: importBytesMax,
      responses: { 202: Operation },
    }),
    exportProducts: defineRoute({
      method: 'POST',
      path: '/v1/product-exports',
      summary: 'Export products',
      description:
        'Starts a long operation that copies the products. When it has succeeded, `result.path` returns them.',
      auth: read,
      limit: 'sensitive',
      body: ExportProducts,
      bodyBytesMax,
      responses: { 202: Operation },
    }),
    downloadProductExport: defineRoute({
      method: 'GET',
      path: '/v1/product-exports/:id',
      summary: 'Download an export of products',
      description: 'Returns the products as they were when the export read them, a line for each, the oldest first.',
      auth: read,
      params: ProductExportParams,
      responses: { 200: Product },
      stream: 'ndjson',
      errors: [operationsErrors.operationNotSucceeded],
    }),
    getProduct: defineRoute({
      method: 'GET',
      path: '/v1/products/:id',
      summary: 'Get a product',
      description: 'The product may be archived.',
      auth: read,
      ...product,
    }),
    updateProduct: defineRoute({
      method: 'PATCH',
      path: '/v1/products/:id',
      summary: 'Update a product',
      description: 'Orders keep the price at which they were placed. A patch that changes nothing keeps the version.',
      auth: write,
      ...product,
      body: UpdateProduct,
      bodyBytesMax,
    }),
    archiveProduct: defineRoute({
      method: 'POST',
      path: '/v1/products/:id/archival',
      summary: 'Archive a product',
      description: 'It can no longer be ordered. `POST /v1/products/{id}/reactivation` undoes it.',
      auth: write,
      idempotency: 'optional',
      ...product,
      errors: [alreadyArchived, commonErrors.conflict],
    }),
    reactivateProduct: defineRoute({
      method: 'POST',
      path: '/v1/products/:id/reactivation',
      summary: 'Reactivate an archived product',
      description: 'It can be ordered again.',
      auth: write,
      idempotency: 'optional',
      ...product,
      errors: [notArchived, commonErrors.conflict],
    }),
    restockProduct: defineRoute({
      method: 'POST',
      path: '/v1/products/:id/stock-movements',
      summary: 'Add items to the stock of a product',
      description: 'The movement is kept with its reason. An archived product can be restocked.',
      auth: write,
      params: ProductParams,
      body: Restock,
      bodyBytesMax,
      responses: { 201: StockMovement },
      errors: [stockTooLarge],
    }),
    listStockMovements: defineRoute({
      method: 'GET',
      path: '/v1/products/:id/stock-movements',
      summary: 'List the stock movements of a product',
      description: 'Has the items that were added, and not those that orders have taken.',
      auth: read,
      params: ProductParams,
      query: ListStockMovementsQuery,
      responses: { 200: StockMovementPage },
    }),
  },
});
