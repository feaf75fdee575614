import { defineContract, definePermissions, defineRoute, Operation } from '@plinth/contract-kit';
import { operationChunks, operations, startOperation, toOperation } from '@plinth/data-kit';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../module.ts';

const routes = {
  importThings: defineRoute({
    method: 'POST',
    path: '/v1/thing-imports',
    summary: 'Import things',
    auth: 'authenticated',
    upload: { line: z.object({ name: z.string() }), linesMax: 10 },
    responses: { 202: Operation },
  }),
};
const contract = defineContract('things', { permissions: definePermissions('things', {}), routes });
const importThings =
  (deps: Parameters<typeof startOperation>[0]) => async (_: object, ctx: Parameters<typeof startOperation>[1]) =>
    toOperation(startOperation(deps, ctx, { kind: 'import-things' }));

it.each([
  ['operations', { operationChunks }],
  ['operationChunks', { operations }],
])('a module without the collection %s cannot start long operations', (name, collections) => {
  const define = () =>
    defineModule({ name: 'things', contracts: [contract], collections, actions: { importThings } as never });
  expect(define).toThrow(`Add '${name}' of @plinth/data-kit`);
});

it('a module with both can', () => {
  const collections = { operations, operationChunks };
  const { contracts } = defineModule({ name: 'things', contracts: [contract], collections, actions: { importThings } });
  expect(contracts).toEqual([contract]);
});
