import { nodeCommand, startChild } from '@plinth/testing/process';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LeaseLost, renew, runFenced, takeLease } from '../src/leases/lease.ts';
import { getLeases, leaseId } from '../src/migrations/record.ts';
import { addState, after, fillState, requireState, tallyOpen } from './migrations-cards.ts';
import { times, useFixture, withOldCards } from './migrations-fixture.ts';

const fixture = useFixture();

const createLeaseDeps = () => {
  const { client } = fixture.process(after);
  const leases = getLeases(client.db(fixture.db().databaseName));
  return { client, leases, leaseId, leaseMs: times.leaseMs };
};

/** The module with a backfill that pauses for a second after its first five documents. */
const resting = {
  ...after,
  migrations: [addState, { ...fillState, batchSize: 5, perSecond: 5 }, tallyOpen, requireState],
};

const untilMoved = () =>
  expect
    .poll(async () => (await fixture.record('0002-fill-state'))?.['position'] ?? '', { timeout: 15_000 })
    .not.toBe('');

const changedOnce = async (count: number) => {
  expect(await fixture.cards().countDocuments({ state: 'open', version: 2 })).toBe(count);
  expect(await fixture.cards().countDocuments()).toBe(count);
  expect(await fixture.record('0002-fill-state')).toMatchObject({ state: 'done', changed: count });
};

describe('the lease', () => {
  it('race: is granted to one of many processes', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) => takeLease(createLeaseDeps(), `process ${index}`)),
    );
    expect(all.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it('is taken over when it has expired by the clock of the server, and its token grows', async () => {
    const deps = createLeaseDeps();
    const first = await takeLease(deps, 'first');
    expect(await takeLease(deps, 'second')).toBeUndefined();
    await fixture.expireLease();
    const second = await takeLease(deps, 'second');
    expect(second?.token).toBeGreaterThan(first?.token ?? Number.POSITIVE_INFINITY);
  });

  it('integrity: a former holder changes nothing, not even in an open transaction', async () => {
    const deps = createLeaseDeps();
    const first = await takeLease(deps, 'first');
    if (!first) throw new Error('The first process got no lease.');
    await fixture.expireLease();
    await takeLease(deps, 'second');
    await expect(renew(deps, first)).rejects.toThrow(LeaseLost);
    const write = vi.fn(async () => fixture.cards().insertOne({ _id: 'late' }));
    await expect(runFenced(deps, first, write)).rejects.toThrow(LeaseLost);
    expect(write).not.toHaveBeenCalled();
    expect(await fixture.cards().countDocuments()).toBe(0);
  });

  it('integrity: a take-over waits for the running batch, which is committed whole', async () => {
    const deps = createLeaseDeps();
    const first = await takeLease(deps, 'first');
    if (!first) throw new Error('The first process got no lease.');
    await fixture.expireLease();
    let taking: Promise<unknown> = Promise.resolve();
    await runFenced(deps, first, async (session) => {
      taking = takeLease(createLeaseDeps(), 'second');
      await deps.client
        .db(deps.leases.dbName)
        .collection<{ _id: string }>('cards')
        .insertOne({ _id: 'whole' }, { session });
    });
    // The batch has extended the lease, so it is not free.
    expect(await taking).toBeUndefined();
    expect(await fixture.cards().countDocuments()).toBe(1);
  });
});

describe('two processes', () => {
  it('race: run each batch once when they start together', async () => {
    await withOldCards(fixture, 45);
    const both = [fixture.process(after), fixture.process(after)];
    let updates = 0;
    for (const { client } of both) {
      client.on('commandStarted', ({ commandName, command }) => {
        if (commandName === 'update' && command['update'] === 'cards') updates += 1;
      });
    }
    await Promise.all(both.map(({ prepare }) => prepare()));
    expect(updates).toBe(5);
    await changedOnce(45);
    const runs = both.map(({ events }) => events().filter((event) => event === 'migration-started').length);
    expect(runs.toSorted((left, right) => left - right)).toEqual([0, 3]);
    // Both have waited for the end, so both can serve.
    for (const states of await Promise.all(both.map((process) => process.status())))
      expect(states[2]?.state).toBe('done');
  });

  it('race: create a new database once when they start together', async () => {
    const many = Array.from({ length: 4 }, () => fixture.process(after));
    await Promise.all(many.map(({ prepare }) => prepare()));
    expect(await many[0]?.drift()).toEqual([]);
    expect(many.flatMap(({ events }) => events())).toEqual([]);
  });

  it('a paused process whose lease was taken over changes nothing more and serves', async () => {
    await withOldCards(fixture, 20);
    const paused = fixture.process(resting);
    const preparing = paused.prepare();
    await untilMoved();
    await fixture.expireLease();
    const other = fixture.process(after);
    await other.prepare();
    await changedOnce(20);
    await preparing;
    expect(paused.events()).toContain('migration-lease-lost');
    await changedOnce(20);
  });

  it('a process that waits for too long does not start, and names the reason', async () => {
    await withOldCards(fixture, 1);
    await fixture
      .records()
      .replaceOne(
        { _id: 'lease' },
        { token: 7, beat: 0, holder: 'elsewhere:1', expiresAt: new Date(Date.now() + 60_000) },
      );
    await expect(fixture.process(after, { waitMs: 50 }).prepare()).rejects.toMatchObject({
      name: 'StartupError',
      message: `elsewhere:1 has been migrating the database '${fixture.db().databaseName}' for more than 1 seconds. See its progress with \`npm run db -- status\`, and start again when it is done.`,
    });
    expect(await fixture.cards().countDocuments({ state: { $exists: true } })).toBe(0);
  });

  it('a process without pending migrations does not wait for the contract phase of another process', async () => {
    await withOldCards(fixture, 1);
    await fixture.process(after).prepare();
    await takeLease(createLeaseDeps(), 'elsewhere:1');
    await fixture.process(after, { waitMs: 0 }).prepare();
    await expect(fixture.process(after, { waitMs: 0 }).migrate({ contract: true })).rejects.toThrow(
      'elsewhere:1 has been',
    );
  });
});

describe('a kill in the middle of a backfill', () => {
  it('integrity: leaves whole batches, and another process continues at the position without changing a document twice', async () => {
    const { old } = await withOldCards(fixture, 60);
    const script = new URL('./migrations-slow-process.ts', import.meta.url);
    const child = startChild(nodeCommand(script, fixture.uri, fixture.prefix));
    onTestFinished(async () => void (await child.end()));
    await untilMoved();
    await child.end('SIGKILL');
    const left = await fixture.record('0002-fill-state');
    expect(left).toMatchObject({ state: 'running', position: old[Number(left?.['changed']) - 1]?._id });
    expect(await fixture.cards().countDocuments({ state: 'open', version: 2 })).toBe(left?.['changed']);
    expect(left?.['changed']).toBeLessThan(60);
    // Its lease would expire by itself; the test does not wait for that.
    await fixture.expireLease();
    const next = fixture.process(after);
    const begunAt: unknown[] = [];
    next.client.on('commandStarted', ({ commandName, command }) => {
      if (commandName === 'find' && command['find'] === 'cards') begunAt.push(command['filter']._id?.$gt);
    });
    await next.prepare();
    expect(begunAt[0]).toBe(left?.['position']);
    await changedOnce(60);
    const scanned = next.entries.find(({ event }) => event === 'migration-scanned');
    expect(scanned?.fields['changed']).toBe(60 - Number(left?.['changed']));
  });
});
