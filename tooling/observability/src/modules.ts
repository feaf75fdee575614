import { readdir } from 'node:fs/promises';
import type { Contract } from '@plinth/contract-kit';

/** What rules and dashboards are made from. */
export type ObservedModule = {
  readonly name: string;
  /** The paths of reads whose answers go on for as long as there is something to tell: their duration says nothing. */
  readonly streams: readonly string[];
};

const folder = new URL('../../../packages/service-contracts/src/', import.meta.url);

const isContract = (value: unknown): value is Contract =>
  typeof value === 'object' && value !== null && 'routes' in value && 'permissions' in value;

const observed = (name: string, contracts: readonly Contract[]): ObservedModule => {
  const routes = contracts.flatMap((contract) => Object.values(contract.routes));
  return { name, streams: routes.filter(({ stream }) => stream).map(({ path }) => path) };
};

/** Every domain that has contracts, by name: it is the module that serves them. */
export const observedModules = async (): Promise<readonly ObservedModule[]> => {
  const domains = (await readdir(folder)).toSorted();
  return Promise.all(
    domains.map(async (domain) => {
      const exported = (await import(`@plinth/service-contracts/${domain}`)) as Record<string, unknown>;
      return observed(domain, Object.values(exported).filter(isContract));
    }),
  );
};
