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

export const exportKind = 'export-products';
