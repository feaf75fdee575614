import { commonErrors, defineErrors } from '@plinth/contract-kit';
import { expect, it } from 'vitest';
import { createContext } from '../../test/contexts.ts';
import type { CommitMetadata, CommitRecords } from './journal.ts';
import { createUnitOfWork, createWriteSets } from './unit-of-work.ts';

const { tokenReused } = defineErrors('suite', {
  tokenReused: { status: 422, title: 'The token was used.', fix: 'Sign in.', commits: true },
});

const clock = { now: () => new Date(0) };
const ids = { next: () => 'id' };

/** Runs an action that records a write and then throws. */
const run = async (error: Error, metadata: Omit<CommitMetadata<unknown>, 'operation'> = {}, records = true) => {
  const writeSets = createWriteSets<string>();
  const commits: { writes: readonly string[]; records: CommitRecords }[] = [];
  const { run: execute } = createUnitOfWork({
    writeSets,
    clock,
    ids,
    commit: async (_, writes, committed) => void commits.push({ writes, records: committed }),
  });
  const ctx = createContext();
  const work = async () => {
    if (records) writeSets.record(ctx, 'end', { kind: 'update', collection: 'sessions' } as never);
    throw error;
  };
  const thrown = await execute(ctx, work, { operation: 'refresh', ...metadata }).catch((cause: unknown) => cause);
  return { thrown, commits };
};

it('commits what an action has recorded, and then throws its refusal, when the error says so', async () => {
  const error = tokenReused();
  const { thrown, commits } = await run(error);
  expect(thrown).toBe(error);
  expect(commits).toMatchObject([{ writes: ['end'], records: { rows: [{ operation: 'refresh' }] } }]);
});

it('commits nothing for an action that has recorded nothing', async () => {
  expect((await run(tokenReused(), {}, false)).commits).toEqual([]);
});

it.each([commonErrors.conflict(), new Error('a defect')])(
  'integrity: commits nothing before any other error',
  async (error) => {
    const { thrown, commits } = await run(error);
    expect([thrown, commits]).toEqual([error, []]);
  },
);

it('integrity: refuses such an error where a repetition would get the refusal without its effect', async () => {
  const idempotency = { key: 'k', fingerprint: 'f', toResponse: () => ({ status: 200, headers: {}, body: '' }) };
  for (const metadata of [{ idempotency }, { consumes: 'm' }]) {
    const { thrown, commits } = await run(tokenReused(), metadata);
    expect(thrown).toMatchObject({ message: expect.stringContaining("The error 'token-reused' commits.") });
    expect(commits).toEqual([]);
  }
});
