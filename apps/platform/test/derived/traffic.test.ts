import { isOfPlatform } from '@plinth/contract-kit';
import { type JournalRow, platformTenantId } from '@plinth/data-kit';
import { getSeed } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../../src/modules.ts';
import { createClubsModule, type Fault } from './support/clubs.ts';
import { findUnexplained, findUnkept, readStored } from './support/replay-journal.ts';
import { createTraffic, type OpenModules, openModules, type Traffic } from './support/traffic.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const requestCount = heavy ? 10_000 : 1000;
/** A module with few routes needs fewer requests. */
const routeRequestsMax = 0.15 * requestCount;
const timeoutMs = heavy ? 900_000 : 300_000;
const all = [...modules, createClubsModule()];

let opened: OpenModules;
let traffic: Traffic;
beforeAll(async () => {
  opened = await openModules(all);
  traffic = await createTraffic(opened, getSeed());
  await traffic.reachAll();
}, timeoutMs);
afterAll(async () => {
  traffic.stop();
  await opened.host.close();
});

it('every route accepts requests that are derived from the examples of the contracts', () => {
  expect(traffic.findings.splice(0)).toEqual([]);
});

describe.each(all)('the module $name', ({ name, journalConsumer }) => {
  it(
    'responds to valid, nearly valid and hostile requests as declared, without a query for each item',
    async () => {
      const start = performance.now();
      const routes = opened.routes.filter(({ module }) => module === name);
      const count = Math.min(requestCount, routes.length * routeRequestsMax);
      await traffic.sendAny(routes, count);
      console.info(`${name}: ${count} requests in ${Math.round(performance.now() - start)} ms`);
      expect(traffic.findings.splice(0)).toEqual([]);
      expect(await opened.host.faults()).toEqual([]);
    },
    timeoutMs,
  );

  // The documents of a journal consumer are copies of the journals of other modules.
  if (journalConsumer) return;

  it('explains each stored document by the changes in its journal', async () => {
    const module = all.find((other) => other.name === name) as (typeof all)[number];
    const isPlatform = module.contracts.every(({ routes }) => Object.values(routes).every(isOfPlatform));
    const stored = await readStored(opened.datastore, module, isPlatform ? platformTenantId : traffic.tenantId);
    expect(stored.rows.length).toBeGreaterThan(20);
    expect(findUnexplained(module, stored)).toEqual([]);
    expect(findUnkept(module, stored)).toEqual([]);
  });
});

describe('the replay of the journal finds', () => {
  const module = all.at(-1) as (typeof all)[number];
  const read = () => readStored(opened.datastore, module, traffic.tenantId);

  it('a document that is stored without a row', async () => {
    const stored = await read();
    const [club] = stored.documents['clubs'] ?? [];
    const documents = { ...stored.documents, clubs: [...(stored.documents['clubs'] ?? []), { ...club, _id: 'other' }] };
    expect(findUnexplained(module, { ...stored, documents })).toEqual([
      expect.stringMatching(/^clubs other: stored is /),
    ]);
  });

  it('a missing row, and a change with other values', async () => {
    const stored = await read();
    const index = stored.rows.findIndex(({ changes }) => changes.some(({ kind }) => kind === 'update'));
    expect(findUnexplained(module, { ...stored, rows: stored.rows.toSpliced(index, 1) })).not.toEqual([]);
    const changed = structuredClone(stored.rows) as JournalRow[];
    Object.assign(changed[0]?.changes[0]?.after ?? {}, { name: 'another' });
    expect(findUnexplained(module, { ...stored, rows: changed })).not.toEqual([]);
  });
});

describe('the traffic finds a fault', () => {
  const found: readonly (readonly [Fault, RegExp])[] = [
    ['undeclared-error', /createClub is a server error/],
    ['crash', /createClub is a server error/],
    ['changed-value', /createClub shows name as /],
    ['query-for-each', /planSession sends one query \d times/],
    ['unreachable', /cancelSession was not reached/],
  ];
  it.each(found)('%s', async (fault, finding) => {
    const faulty = await openModules([createClubsModule(fault)]);
    const sent = await createTraffic(faulty, getSeed());
    await sent.reachAll(2);
    await sent.sendAny(faulty.routes, 60);
    sent.stop();
    await faulty.host.faults();
    await faulty.host.close();
    expect(sent.findings.join('\n')).toMatch(finding);
  });
});
