import { listContractOwners } from '@plinth/service-kit';
import { getSeed } from '@plinth/testing';
import { expect, it } from 'vitest';
import { getAccess } from '../../src/artifacts/render-modules.ts';
import { modules } from '../../src/modules.ts';
import { clubsContract, createClubsModule } from './support/clubs.ts';
import { createCustomCaller, measureAccess } from './support/measure-access.ts';
import { createRequest, toSent } from './support/requests.ts';
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
  'integrity: a custom role opens the routes of its permissions, and no others',
  async () => {
    const opened = await openModules(modules);
    const names = listContractOwners(modules).flatMap(({ contracts }) =>
      contracts.flatMap(({ permissions }) => Object.keys(permissions)),
    );
    const { tenantId, resources, choices, reachAll, stop } = await createTraffic(opened, getSeed());
    await reachAll();
    // The permission to change roles and users would let the caller change itself meanwhile.
    const granted = [...new Set(names)].filter((name, index) => index % 2 === 0 && !/^(roles|users):write$/.test(name));
    const caller = await createCustomCaller(opened, tenantId, granted);
    for (const { operationId, route } of opened.routes) {
      if (typeof route.auth !== 'object') continue;
      const target = resources.listTargets(route).at(-1);
      const { status } = await caller.send(toSent(createRequest(route, { resources, choices, target })));
      expect([operationId, status === 403]).toEqual([operationId, !granted.includes(route.auth.policy)]);
    }
    stop();
    await opened.host.close();
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
