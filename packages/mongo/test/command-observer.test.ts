import type { CommandInfo } from '@plinth/data-kit';
import { aContext, anId, createIds } from '@plinth/testing';
import { createDatabasePrefix } from '@plinth/testing/process';
import { afterEach, describe, expect, it } from 'vitest';
import { connectMongo } from '../src/index.ts';
import { openRaw } from '../src/testing/index.ts';
import { aNote, notes } from './notes.ts';

type Told = CommandInfo & { readonly outcome: 'sent' | 'done' | 'failed' };

const uri = String(process.env['MONGODB_URI']);
const databasePrefix = createDatabasePrefix();
const open: { close(): Promise<void> }[] = [];

const tell = { operation: 'tell' };

/** A datastore, and what it has told of its commands until now. */
const connect = async () => {
  const told: Told[] = [];
  const onSent: (() => void)[] = [];
  const datastore = await connectMongo(
    { MONGODB_URI: uri, MONGODB_POOL_SIZE: 4, MONGODB_DATABASE_PREFIX: databasePrefix, CURSOR_SECRET: 'c'.repeat(32) },
    {
      onCommand: (command) => {
        const at = told.push({ ...command, outcome: 'sent' }) - 1;
        for (const run of onSent) run();
        return ({ isError }) => {
          told[at] = { ...command, outcome: isError ? 'failed' : 'done' };
        };
      },
    },
  );
  open.push(datastore);
  const clock = { now: () => new Date() };
  const store = datastore.open({ name: 'told', collections: { notes } }, { clock, ids: createIds(clock) });
  await store.prepare();
  told.length = 0;
  return { told, onSent, store, ctx: aContext({ tenantId: anId(), deadline: Date.now() + 10_000 }) };
};

afterEach(async () => {
  const raw = openRaw(uri);
  await raw.drop(`${databasePrefix}told`);
  await raw.close();
  await Promise.all(open.splice(0).map((datastore) => datastore.close()));
});

const { hostname: host, port } = new URL(uri);
const where = { system: 'mongodb', host, port: Number(port) };
const inStore = { ...where, database: `${databasePrefix}told` };

describe('a datastore tells of its commands', () => {
  it('with their collection, their place and how they ended, and nothing of what they say', async () => {
    const { told, store, ctx } = await connect();
    const note = await store.unitOfWork.run(ctx, async () => store.collections.notes.for(ctx).insert(aNote()), tell);
    await store.collections.notes.for(ctx).get(note._id);
    expect(told).toEqual([
      { ...inStore, operation: 'insert', collection: 'notes', outcome: 'done' },
      { ...inStore, operation: 'insert', collection: 'journal', outcome: 'done' },
      { ...where, database: 'admin', operation: 'commitTransaction', collection: undefined, outcome: 'done' },
      { ...inStore, operation: 'find', collection: 'notes', outcome: 'done' },
    ]);
  });

  it('integrity: those that undo what broke the law of a collection among them', async () => {
    const { told, store, ctx } = await connect();
    const broken = { ...aNote(), text: 1 as unknown as string };
    const write = store.unitOfWork.run(ctx, async () => store.collections.notes.for(ctx).insert(broken), tell);
    await expect(write).rejects.toThrow();
    expect(told.map(({ operation }) => operation)).toContain('abortTransaction');
  });

  it('race: each once, however many are under way', async () => {
    const { told, store, ctx } = await connect();
    const reads = Array.from({ length: 50 }, (_, at) =>
      store.collections.notes.for(ctx).list({ where: {}, sort: at % 2 === 0 ? 'createdAt' : '-createdAt', limit: 5 }),
    );
    await Promise.all(reads);
    expect(told.filter(({ operation, outcome }) => operation === 'find' && outcome === 'done')).toHaveLength(50);
  });

  it('boundary: as failed when the caller goes while they run', async () => {
    const { told, store, ctx, onSent } = await connect();
    const gone = new AbortController();
    onSent.push(() => gone.abort(new Error('The caller has gone.')));
    const read = store.collections.notes
      .for({ ...ctx, signal: gone.signal })
      .list({ where: {}, sort: 'createdAt', limit: 5 });
    await expect(read).rejects.toThrow();
    expect(told).toEqual([{ ...inStore, operation: 'find', collection: 'notes', outcome: 'failed' }]);
  });
});
