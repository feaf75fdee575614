import { listContractOwners } from '@plinth/service-kit';
import { getSeed } from '@plinth/testing';
import { expect, it } from 'vitest';
import { getAccess } from '../../src/artifacts/render-modules.ts';
import { modules } from '../../src/modules.ts';
import { clubsContract, createClubsModule } from './support/clubs.ts';
import { measureAccess } from './support/measure-access.ts';
import { createTraffic, openModules } from './support/traffic.ts';

const timeoutMs = 300_000;

type Modules = Parameters<typeof openModules>[0];
type Rows = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Measures the access to every route of modules, with an owner's resources in its tenant. */
const measureAll = async (served: Modules): Promise<Rows> => {
  const start = performance.now();
  const opened = await openModules(served);
  const traffic = await createTraffic(opened, getSeed());
  await traffic.reachAll();
  const rows: Record<string, Readonly<Record<string, string>>> = {};
  for (const named of opened.routes) rows[named.operationId] = await measureAccess(opened, traffic, named);
  traffic.stop();
  await opened.host.close();
  console.info(`${opened.routes.length} routes in ${Math.round(performance.now() - start)} ms`);
  return rows;
};

const toRows = (declared: Modules): Rows =>
  Object.fromEntries(
    listContractOwners(declared).flatMap(({ contracts }) =>
      contracts.flatMap((contract) =>
        Object.entries(contract.routes).map(([operation, route]) => [operation, getAccess(contract, route)] as const),
      ),
    ),
  );

it(
  'integrity: each route of each module is open to the callers of docs/modules.md, and to no others',
  async () => {
    const all = [...modules, createClubsModule()];
    expect(await measureAll(all)).toEqual(toRows(all));
  },
  timeoutMs,
);

it(
  'finds a role that may do more than its permission says',
  async () => {
    const declared = createClubsModule();
    const permissions = {
      ...clubsContract.permissions,
      'clubs:write': { title: 'Change clubs', roles: ['owner', 'member', 'viewer'] },
    };
    const served = { ...declared, contracts: [{ ...clubsContract, permissions }] } as Modules[number];
    const measured = await measureAll([served]);
    expect(measured['createClub']).toMatchObject({ viewer: 'yes' });
    expect(measured).not.toEqual(toRows([declared]));
  },
  timeoutMs,
);

it(
  'finds a resource that is shown to another tenant',
  async () => {
    const faulty = createClubsModule('shared-cache');
    expect((await measureAll([faulty]))['getClub']).toMatchObject({ 'other tenant': 'own data' });
  },
  timeoutMs,
);
