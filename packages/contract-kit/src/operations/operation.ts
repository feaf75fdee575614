import { z } from 'zod';
import { resourceExample, resourceFields } from '../schemas/resource.ts';
import { Id } from '../schemas/text.ts';

export const OperationId = Id.meta({ id: 'OperationId', description: 'The id of a long operation.' });

export const OperationStatus = z.enum(['running', 'succeeded', 'failed', 'cancelled']).meta({
  id: 'OperationStatus',
  description: '`succeeded` means that every item was processed; `errors` has the items that were refused.',
});
export type OperationStatus = z.infer<typeof OperationStatus>;

/** The most errors that an operation keeps. `progress.failed` counts all. */
export const operationErrorsMax = 1000;

export const OperationError = z
  .object({
    line: z
      .int()
      .min(1)
      .describe('The number of the line in the file, from 1. Of a CSV record with line breaks, its last line.'),
    code: z.string().describe('A stable name, such as `sku-taken`.'),
    detail: z.string().max(300).describe('What is wrong with the line.'),
  })
  .meta({
    id: 'OperationError',
    examples: [{ line: 3, code: 'sku-taken', detail: 'A product with this SKU already exists.' }],
  });
export type OperationError = z.infer<typeof OperationError>;

/** Work that takes longer than a request. A route that starts one declares `responses: { 202: Operation }`. */
export const Operation = z
  .object({
    id: OperationId,
    ...resourceFields,
    kind: z.string().describe('What the operation does, such as `import-products`.'),
    status: OperationStatus,
    progress: z.object({
      done: z.int().min(0).describe('The items that were processed, with those that were refused.'),
      failed: z.int().min(0).describe('The items that were refused.'),
      total: z.int().min(0).optional().describe('All items. Absent when it is not known.'),
    }),
    errors: z
      .array(OperationError)
      .max(operationErrorsMax)
      .describe(`The first ${operationErrorsMax} refused items, in their order.`),
    result: z
      .object({ path: z.string().describe('The path that returns the result.') })
      .optional()
      .describe('The result of an operation that has succeeded, where it has one to read.'),
    reason: z.string().optional().describe('Why the operation has failed.'),
    createdBy: z.string().describe('The id of the user that started the operation.'),
    endedAt: z.iso.datetime().optional().describe('Absent while the operation is running.'),
  })
  .meta({
    id: 'Operation',
    examples: [
      {
        ...resourceExample,
        kind: 'import-products',
        status: 'running',
        progress: { done: 200, failed: 1, total: 1000 },
        errors: [{ line: 3, code: 'sku-taken', detail: 'A product with this SKU already exists.' }],
        createdBy: resourceExample.id,
      },
    ],
  });
export type Operation = z.infer<typeof Operation>;

export const OperationParams = z.object({ id: OperationId });
