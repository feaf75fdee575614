import type { CommandInfo } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import { createDatabasePrefix } from '@plinth/testing/process';
import { afterEach, describe, expect, it } from 'vitest';
import { connectMongo } from '../src/index.ts';
import { openRaw } from '../src/testing/index.ts';
import { createNote, notes } from './notes.ts';

type RecordedCommand = CommandInfo & { readonly outcome: 'sent' | 'done' | 'failed' };

const uri = String(process.env['MONGODB_URI']);
const databasePrefix = createDatabasePrefix();
const open: { close(): Promise<void> }[] = [];

const metadata = { operation: 'observe' };

/** Connects a datastore whose commands are recorded with their outcomes. */
const connect = async () => {
  const commands: RecordedCommand[] = [];
  const onSent: (() => void)[] = [];
  const datastore = await connectMongo(
    { MONGODB_URI: uri, MONGODB_POOL_SIZE: 4, MONGODB_DATABASE_PREFIX: databasePrefix, CURSOR_SECRET: 'c'.repeat(32) },
    {
      onCommand: (command) => {
        const index = commands.push({ ...command, outcome: 'sent' }) - 1;
        for (const run of onSent) run();
        return ({ isError }) => {
          commands[index] = { ...command, outcome: isError ? 'failed' : 'done' };
        };
      },
    },
  );
  open.push(datastore);
  const clock = { now: () => new Date() };
  const store = datastore.open({ name: 'observed', collections: { notes } }, { clock, ids: createIds(clock) });
  await store.prepare();
  const ctx = createContext({ tenantId: createId(), deadline: Date.now() + 10_000 });
  // The first read confirms the primary by a command of its own.
  await store.collections.notes.for(ctx).list({ where: {}, sort: 'createdAt', limit: 1 });
  commands.length = 0;
  return { commands, onSent, store, ctx };
};

afterEach(async () => {
  const raw = openRaw(uri);
  await raw.dropAll(`${databasePrefix}observed`);
  await raw.close();
  await Promise.all(open.splice(0).map((datastore) => datastore.close()));
});

const { hostname: host, port } = new URL(uri);
const server = { system: 'mongodb', host, port: Number(port) };
const inStore = { ...server, database: `${databasePrefix}observed` };

describe('a command observer', () => {
  it('receives collection, host and outcome of each command, and no value of it', async () => {
    const { commands, store, ctx } = await connect();
    const note = await store.unitOfWork.run(
      ctx,
      async () => store.collections.notes.for(ctx).insert(createNote()),
      metadata,
    );
    await store.collections.notes.for(ctx).get(note._id);
    expect(commands).toEqual([
      { ...inStore, operation: 'insert', collection: 'notes', outcome: 'done' },
      { ...inStore, operation: 'insert', collection: 'journal', outcome: 'done' },
      { ...server, database: 'admin', operation: 'commitTransaction', collection: undefined, outcome: 'done' },
      { ...inStore, operation: 'find', collection: 'notes', outcome: 'done' },
    ]);
  });

  it('integrity: receives the commands that abort a transaction after a schema violation', async () => {
    const { commands, store, ctx } = await connect();
    const broken = { ...createNote(), text: 1 as unknown as string };
    const write = store.unitOfWork.run(ctx, async () => store.collections.notes.for(ctx).insert(broken), metadata);
    await expect(write).rejects.toThrow();
    expect(commands.map(({ operation }) => operation)).toContain('abortTransaction');
  });

  it('race: receives each of many parallel commands once', async () => {
    const { commands, store, ctx } = await connect();
    const reads = Array.from({ length: 50 }, (_, index) =>
      store.collections.notes
        .for(ctx)
        .list({ where: {}, sort: index % 2 === 0 ? 'createdAt' : '-createdAt', limit: 5 }),
    );
    await Promise.all(reads);
    expect(commands.filter(({ operation, outcome }) => operation === 'find' && outcome === 'done')).toHaveLength(50);
  });

  it('boundary: receives a command as failed when the caller disconnects while it runs', async () => {
    const { commands, store, ctx, onSent } = await connect();
    const controller = new AbortController();
    onSent.push(() => controller.abort(new Error('The caller disconnected.')));
    const read = store.collections.notes
      .for({ ...ctx, signal: controller.signal })
      .list({ where: {}, sort: 'createdAt', limit: 5 });
    await expect(read).rejects.toThrow();
    expect(commands).toEqual([{ ...inStore, operation: 'find', collection: 'notes', outcome: 'failed' }]);
  });
});
