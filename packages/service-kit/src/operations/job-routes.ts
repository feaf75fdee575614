import { type Contract, jobsContract } from '@plinth/contract-kit';
import type { ModuleStore } from '@plinth/data-kit';
import { implement } from '../implement.ts';
import type { Module } from '../module.ts';
import type { ServedRoute } from '../plugins/routes.ts';
import { createJobsService } from './jobs-service.ts';

type OpenModule = {
  readonly module: Pick<Module, 'name' | 'consumers' | 'jobs'>;
  readonly store: Pick<ModuleStore<unknown>, 'messages' | 'pauses' | 'unitOfWork' | 'journal'>;
};

/** The domain of routes and the contracts that have them. */
export type ContractOwner = { readonly name: string; readonly contracts: readonly Contract[] };

const listNames = ({ consumers = [], jobs = [] }: Pick<Module, 'consumers' | 'jobs'>): string[] =>
  [...consumers, ...jobs].map(({ name }) => name);

const hasJobs = (module: Pick<Module, 'consumers' | 'jobs'>): boolean => listNames(module).length > 0;

/** Returns the modules with their contracts, and `operations`, whose routes a host serves for all modules that have jobs. */
export const listContractOwners = (
  modules: readonly Pick<Module, 'name' | 'contracts' | 'consumers' | 'jobs'>[],
): readonly ContractOwner[] => [
  ...modules,
  ...(modules.some(hasJobs) ? [{ name: 'operations', contracts: [jobsContract] }] : []),
];

/** Creates the routes of jobs. The module in the path is the one whose store commits the writes. */
export const listJobRoutes = (openModules: readonly OpenModule[]): ServedRoute[] => {
  const withJobs = openModules.filter(({ module }) => hasJobs(module));
  if (withJobs.length === 0) return [];
  const service = createJobsService(
    withJobs.map(({ module, store }) => ({
      module: module.name,
      names: listNames(module),
      messages: store.messages,
      pauses: store.pauses,
    })),
  );
  const findStore = (params: unknown) => {
    const { module: name } = params as { readonly module?: string };
    return withJobs.find(({ module }) => module.name === name)?.store;
  };
  return implement(jobsContract)(service).map((binding) => ({ ...binding, findStore }));
};
