import { getSeed } from '@plinth/testing';
import { expect, it } from 'vitest';
import { modules } from '../../src/modules.ts';
import { createClubsModule } from './support/clubs.ts';
import { findLeaks } from './support/find-leaks.ts';
import { createTraffic, openModules } from './support/traffic.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const timeoutMs = heavy ? 900_000 : 300_000;

/** Opens modules for two tenants, in which every route has succeeded, and sends the ids of one in the requests of the other. */
const tryModules = async (served: Parameters<typeof openModules>[0]) => {
  const start = performance.now();
  const opened = await openModules(served);
  const owner = await createTraffic(opened, getSeed());
  await owner.reachAll();
  owner.stop();
  const outsider = await createTraffic(opened, getSeed() + 1);
  await outsider.reachAll();
  outsider.stop();
  const { findings, requestCount } = await findLeaks(opened, { owner, outsider, everyPlace: heavy });
  await opened.host.faults();
  await opened.host.close();
  console.info(`${requestCount} requests in ${Math.round(performance.now() - start)} ms`);
  return [...outsider.findings, ...findings];
};

it(
  'integrity: no request reveals or changes data of another tenant, wherever it has its ids, and every route is reached',
  async () => {
    expect(await tryModules([...modules, createClubsModule()])).toEqual([]);
  },
  timeoutMs,
);

it(
  'finds a cache that tenants share',
  async () => {
    const findings = await tryModules([createClubsModule('shared-cache')]);
    expect(findings.join('\n')).toMatch(/getClub \(path 3\) (shows|accepts)/);
  },
  timeoutMs,
);
