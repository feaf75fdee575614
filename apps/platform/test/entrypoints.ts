import type { RouteSpec } from '@plinth/contract-kit';
import { modules } from '../src/modules.ts';

const toService = (name: string): URL => new URL(`../../svc-${name}/src/main.ts`, import.meta.url);

/** Two hosts that have the users module. */
export const entrypoints = {
  platform: new URL('../src/main.ts', import.meta.url),
  'svc-users': toService('users'),
} as const;

/** Every host with a path of a list that it serves: the platform, and the service of each module. */
export const hosts = [
  { name: 'platform', module: modules[0] },
  ...modules.map((module) => ({ name: `svc-${module.name}`, module })),
].map(({ name, module }) => {
  const routes: RouteSpec[] = module?.contracts.flatMap((contract) => Object.values(contract.routes)) ?? [];
  const list = routes.find(({ method, params, query }) => method === 'GET' && !params && query);
  return {
    name,
    main: name === 'platform' ? entrypoints.platform : toService(module?.name ?? ''),
    listPath: list?.path ?? '',
  };
});
