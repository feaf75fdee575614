import { operationErrorsMax } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import type { Ctx } from '../context/context.ts';
import { type OperationDocument, parseChunkText, toChunkText, toOperation } from './operation.ts';
import { advanceOperation, failStalledOperation, findRunningOperation, startOperation } from './run-operation.ts';

const now = new Date('2026-12-01T00:00:00.000Z');
const clock = { now: () => now };
const ctx = { tenantId: 'a-tenant', actor: { kind: 'user', id: 'ada' } } as unknown as Ctx;
const entity = { _id: 'an-operation', tenantId: 'a-tenant', version: 1, createdAt: now, updatedAt: now };
const running: OperationDocument = {
  ...entity,
  kind: 'copy',
  status: 'running',
  pieces: 0,
  done: 0,
  failed: 0,
  lineErrors: [],
  createdBy: 'ada',
};

/** Collections that keep one document, as a write set would. */
const withDocument = (document?: OperationDocument) => {
  const enqueued: unknown[] = [];
  const updated: unknown[] = [];
  return {
    enqueued,
    updated,
    clock,
    jobs: {
      enqueue: (_ctx: Ctx, { name }: { name: string }, options: object) => void enqueued.push({ name, ...options }),
    },
    operations: {
      for: () => ({
        find: async () => document,
        insert: (draft: object, origin?: { id: string }) => ({
          ...entity,
          ...draft,
          ...(origin && { _id: origin.id }),
        }),
        update: (before: OperationDocument, { $set }: { $set?: object }) => {
          const after = { ...before, ...$set, version: before.version + 1 };
          updated.push(after);
          return after;
        },
      }),
    },
  } as never as Parameters<(typeof failStalledOperation)['handle']>[0] & {
    readonly enqueued: unknown[];
    readonly updated: unknown[];
  };
};

it('starts with the id of chunks that were stored before, and is looked at after an hour', () => {
  const deps = withDocument();
  const operation = startOperation(deps, ctx, { kind: 'copy', id: 'given', total: 0 });
  expect(operation).toMatchObject({ _id: 'given', status: 'running', total: 0, createdBy: 'ada' });
  const at = new Date('2026-12-01T01:00:00.000Z');
  expect(deps.enqueued).toEqual([{ name: 'fail-stalled-operation', input: { operationId: 'given' }, at }]);
});

it.each([
  ['of the next number is found', running, 0, true],
  ['of an earlier number is not found', { ...running, pieces: 1 }, 0, false],
  ['of an operation that has ended is not found', { ...running, status: 'cancelled' }, 0, false],
  ['of an operation that has expired is not found', undefined, 0, false],
] as const)('a piece %s', async (_, document, piece, isFound) => {
  const deps = withDocument(document as OperationDocument | undefined);
  const found = await findRunningOperation(deps, ctx, { operationId: 'an-operation', piece });
  expect(found !== undefined).toBe(isFound);
});

it('boundary: keeps the first 1,000 errors, and counts all', () => {
  const toErrors = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ line: index + 1, code: 'bad', detail: 'Bad.' }));
  const progress = { done: 1001, errors: toErrors(operationErrorsMax - 1), isLast: false };
  const first = advanceOperation(withDocument(), ctx, { operation: running, progress });
  const second = advanceOperation(withDocument(), ctx, {
    operation: first,
    progress: { done: 2, errors: toErrors(2), isLast: true },
  });
  expect(toOperation(second)).toMatchObject({
    status: 'succeeded',
    progress: { done: 1003, failed: operationErrorsMax + 1 },
    endedAt: now.toISOString(),
  });
  expect(second).toMatchObject({ pieces: 2, version: 3 });
  expect(second.lineErrors).toHaveLength(operationErrorsMax);
});

it('has a result only when it has ended', () => {
  const progress = { done: 1, isLast: false, resultPath: '/v1/things' };
  const first = advanceOperation(withDocument(), ctx, { operation: running, progress });
  expect(toOperation(first)).not.toHaveProperty('result');
  const last = advanceOperation(withDocument(), ctx, { operation: first, progress: { ...progress, isLast: true } });
  expect(toOperation(last)).toMatchObject({ result: { path: '/v1/things' } });
});

it('reads the lines of a chunk as they were stored', () => {
  const lines = [
    { line: 1, text: '{"name":"Zoë"}' },
    { line: 9, problem: 'The number of cells is 1 instead of 2.' },
  ];
  expect(parseChunkText(toChunkText(lines))).toEqual(lines);
});

describe('the watch of an operation', () => {
  const hourMs = 60 * 60 * 1000;
  const watch = async (document: OperationDocument | undefined) => {
    const deps = withDocument(document);
    await failStalledOperation.handle(deps)({ payload: { operationId: 'an-operation' } } as never, ctx);
    return deps;
  };

  it('fails one that has made no progress for an hour', async () => {
    const { updated, enqueued } = await watch({ ...running, updatedAt: new Date(now.getTime() - hourMs) });
    expect(updated).toMatchObject([{ status: 'failed', reason: 'no-progress', endedAt: now }]);
    expect(enqueued).toEqual([]);
  });

  it('boundary: looks again at one that has made progress a millisecond later', async () => {
    const { updated, enqueued } = await watch({ ...running, updatedAt: new Date(now.getTime() - hourMs + 1) });
    expect(updated).toEqual([]);
    expect(enqueued).toMatchObject([{ name: 'fail-stalled-operation', at: new Date(now.getTime() + 1) }]);
  });

  it.each([undefined, { ...running, status: 'succeeded' as const }])('leaves one that has ended', async (document) => {
    const { updated, enqueued } = await watch(document);
    expect([...updated, ...enqueued]).toEqual([]);
  });
});
