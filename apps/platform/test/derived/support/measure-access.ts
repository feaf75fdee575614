import { builtInRoles } from '@plinth/contract-kit';
import type { Caller } from '@plinth/service-kit/testing';
import { createId, createPrincipal } from '@plinth/testing';
import { createRequest, type Request, toSent } from './requests.ts';
import type { NamedRoute } from './routes.ts';
import type { OpenModules, Traffic } from './traffic.ts';

/** Creates a user of a custom role that has some permissions. */
export const createCustomCaller = async (
  { host }: OpenModules,
  tenantId: string,
  permissions: readonly string[],
): Promise<Caller> => {
  const owner = await host.as(createPrincipal({ tenantId }));
  const role = await owner.post('/v1/roles', { name: createId(), permissions });
  const user = { name: 'Custom', email: `${createId()}@test.example`, role: 'custom', roleId: role.body.id };
  const { status, body } = await owner.post('/v1/users', user);
  if (status !== 201) throw new Error(`The user of a custom role was not created: ${status}.`);
  return host.as({ tenantId, id: body.id, roles: ['custom'] });
};

/** Sends a valid request of a route as each kind of caller. @returns the cells of its row in docs/modules.md. */
export const measureAccess = async (
  { host }: OpenModules,
  { tenantId, resources, choices }: Traffic,
  { route }: NamedRoute,
): Promise<Readonly<Record<string, string>>> => {
  const target = resources.listTargets(route).at(-1);
  const create = (): Request => createRequest(route, { resources, choices, target });
  /** Returns the status of a response; that of an action, such as one that lets no admin change an owner, is as good as a success. */
  const getStatus = async (caller: Caller, request = create()): Promise<number> => {
    const { status, body } = await caller.send(toSent(request));
    const isOfAction = status === 403 && typeof route.auth === 'object' && body.data?.permission !== route.auth.policy;
    return isOfAction ? 200 : status;
  };
  const toCell = (status: number): string => ([401, 403].includes(status) ? String(status) : 'yes');

  const tryRole = async (role: string): Promise<string> => {
    const cell = toCell(
      await getStatus(await host.as({ tenantId, id: createId(), roles: [role], identityId: createId() })),
    );
    if (cell === 'yes') return cell;
    // An id that is not stored, because a stored user has the roles that they have now.
    const [path, id] = [create().path, createId()];
    const own = { ...create(), path: target ? path.replace(target.id, id) : path };
    return toCell(await getStatus(await host.as({ tenantId, id, roles: [role], identityId: createId() }), own)) ===
      'yes'
      ? 'self'
      : cell;
  };
  const roles: [string, string][] = [];
  for (const role of builtInRoles) roles.push([role, await tryRole(role)]);

  const outside = await getStatus(await host.as(createPrincipal({ identityId: createId() })));
  const revoked = createPrincipal({ tenantId });
  const caller = await host.as(revoked);
  host.revoke(revoked);
  return {
    ...Object.fromEntries(roles),
    'other tenant': outside === 404 && route.params ? '404' : toCell(outside).replace('yes', 'own data'),
    'no token': toCell(await getStatus(host.anonymous)),
    'revoked token': toCell(await getStatus(caller)),
  };
};
