import { expect, it } from 'vitest';
import type { z } from 'zod';
import { Operation, OperationError, operationErrorsMax } from './operation.ts';
import { operationsContract, operationsErrors, operationsPermissions } from './operations.ts';

it.each([Operation, OperationError])('has valid examples', (schema: z.ZodObject) => {
  const examples = (schema.meta()?.['examples'] ?? []) as readonly unknown[];
  expect(examples).not.toEqual([]);
  for (const example of examples) expect(schema.parse(example)).toEqual(example);
});

it('boundary: has at most 1,000 errors', () => {
  const [example] = Operation.meta()!['examples'] as [Operation];
  const [error] = example.errors;
  const withErrors = (count: number) => ({ ...example, errors: Array.from({ length: count }, () => error) });
  expect(Operation.safeParse(withErrors(operationErrorsMax)).success).toBe(true);
  expect(Operation.safeParse(withErrors(operationErrorsMax + 1)).success).toBe(false);
});

it('lets viewers read operations, and not cancel them', () => {
  expect(operationsPermissions['operations:read'].roles).toContain('viewer');
  expect(operationsPermissions['operations:write'].roles).not.toContain('viewer');
});

it('refuses the cancellation of an operation that has ended', () => {
  expect(operationsErrors.operationEnded().spec).toMatchObject({ status: 409, code: 'operation-ended' });
  expect(operationsContract.routes.cancelOperation.errors).toEqual([operationsErrors.operationEnded]);
});
