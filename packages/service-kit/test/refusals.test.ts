import { commonErrors } from '@plinth/contract-kit';
import { IdempotencyKeyConflict, type StoredResponse } from '@plinth/data-kit';
import { createContext } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { executeIdempotently } from '../src/http/idempotency.ts';

const refusal: StoredResponse = { status: 409, headers: {}, body: 'taken' };
const created: StoredResponse = { status: 201, headers: {}, body: 'created' };
const notFound = new Error('not found');
const operation = { ctx: createContext(), operationId: 'create', key: 'k', fingerprint: 'f' };

describe('while the journal cannot be read', () => {
  const execute = (error: Error, response: StoredResponse | undefined) =>
    executeIdempotently(
      { ...operation, execute: async () => created, toRefusal: () => response },
      {
        unitOfWork: { run: () => Promise.reject(error) },
        journal: { find: () => Promise.reject(new Error('unavailable')) },
      },
    );

  it.each([
    ['an error that an earlier success of the request may have caused', new Error('taken'), refusal],
    ['a stale version', new Error('stale'), { ...refusal, status: 412 }],
    ['a conflict of keys', new IdempotencyKeyConflict(), undefined],
  ])('integrity: %s is sent as `unavailable`', async (_what, error, response) => {
    await expect(execute(error, response)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('an error of the server is thrown unchanged', async () => {
    await expect(execute(new Error('crash'), undefined)).rejects.toThrow('crash');
  });
});

describe('a refusal of a request with an idempotency key', () => {
  /** Executes an operation whose first executions are refused, on a store whose commits of responses fail with `commitError`. */
  const execute = (refusals: number, commitError?: Error) => {
    const steps: string[] = [];
    const run = async <T>(_ctx: unknown, work: () => Promise<T>): Promise<T> => {
      const result = await work();
      steps.push('commit');
      if (commitError) throw commitError;
      return result;
    };
    const result = executeIdempotently(
      {
        ...operation,
        execute: async () => {
          steps.push('execute');
          if (steps.filter((step) => step === 'execute').length <= refusals) throw notFound;
          return created;
        },
        toRefusal: (error) => (error === notFound ? { ...refusal, status: 404 } : undefined),
      },
      {
        unitOfWork: { run },
        journal: {
          find: async () => {
            steps.push('find');
            return undefined;
          },
        },
      },
    );
    return { result, steps };
  };

  it('is stored only after a second execution, which follows the lookup of the key, is refused as well', async () => {
    const { result, steps } = execute(2);
    await expect(result).rejects.toThrow('not found');
    expect(steps).toEqual(['execute', 'find', 'execute', 'commit']);
  });

  it('integrity: is dropped when the second execution succeeds, whose response is sent', async () => {
    const { result, steps } = execute(1);
    expect(await result).toEqual({ response: created, replayed: false });
    expect(steps).toEqual(['execute', 'find', 'execute', 'commit']);
  });

  it('integrity: is sent as `unavailable` when it could not be stored', async () => {
    await expect(execute(2, commonErrors.upstreamTimeout()).result).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('integrity: is sent as `unavailable` when its key was taken meanwhile by a response that cannot be found', async () => {
    await expect(execute(2, new IdempotencyKeyConflict()).result).rejects.toMatchObject({ code: 'unavailable' });
  });
});
