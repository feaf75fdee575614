import { ProductStatus } from '@plinth/dtos/orders';
import { z } from 'zod';

/** The job of a page of an export. */
export const exportPieceJob = {
  name: 'export-products-piece',
  input: z.object({
    operationId: z.string(),
    piece: z.int().min(0),
    status: ProductStatus.optional(),
    cursor: z.string().optional(),
  }),
} as const;

/** The job of a chunk of an import. */
export const importPieceJob = {
  name: 'import-products-piece',
  input: z.object({ operationId: z.string(), piece: z.int().min(0) }),
} as const;

export const importKind = 'import-products';

export const exportKind = 'export-products';
