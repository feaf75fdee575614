import { type Contract, jobsContract, operationsContract } from '@plinth/contract-kit';
import {
  type Clock,
  type Collection,
  type Ctx,
  type ModuleStore,
  type OperationDocument,
  operations,
} from '@plinth/data-kit';
import { implement } from '../implement.ts';
import type { Module } from '../module.ts';
import type { ServedRoute } from '../plugins/routes.ts';
import { createJobsService } from './jobs-service.ts';
import { createOperationsService, findOwner } from './operations-service.ts';

type OpenModule = {
  readonly module: Pick<Module, 'name' | 'collections' | 'consumers' | 'jobs'>;
  readonly store: Pick<
    ModuleStore<Module['collections']>,
    'collections' | 'messages' | 'pauses' | 'unitOfWork' | 'journal'
  >;
};

/** The domain of routes and the contracts that have them. */
export type ContractOwner = { readonly name: string; readonly contracts: readonly Contract[] };

const listNames = ({ consumers = [], jobs = [] }: Pick<Module, 'consumers' | 'jobs'>): string[] =>
  [...consumers, ...jobs].map(({ name }) => name);

const hasJobs = (module: Pick<Module, 'consumers' | 'jobs'>): boolean => listNames(module).length > 0;

const hasOperations = ({ collections }: Pick<Module, 'collections'>): boolean =>
  Object.is(collections[operations.name], operations);

/** Returns the modules with their contracts, and `operations`, whose routes a host serves for all modules that have jobs. */
export const listContractOwners = (
  modules: readonly Pick<Module, 'name' | 'contracts' | 'collections' | 'consumers' | 'jobs'>[],
): readonly ContractOwner[] => {
  const contracts = [
    ...(modules.some(hasJobs) ? [jobsContract] : []),
    ...(modules.some(hasOperations) ? [operationsContract] : []),
  ];
  return [...modules, ...(contracts.length > 0 ? [{ name: 'operations', contracts }] : [])];
};

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

/** Creates the routes of long operations. The module that has the operation is the one whose store commits the cancellation. */
export const listOperationRoutes = (openModules: readonly OpenModule[], clock: Clock): ServedRoute[] => {
  const all = openModules
    .filter(({ module }) => hasOperations(module))
    .map(({ store }) => ({
      store,
      operations: store.collections[operations.name] as unknown as Collection<
        OperationDocument,
        'find' | 'updateWhere'
      >,
    }));
  if (all.length === 0) return [];
  const findStore = async (params: unknown, ctx: Ctx) => {
    const { id } = params as { readonly id: string };
    return (await findOwner(all, id, ctx))?.owner.store;
  };
  return implement(operationsContract)(createOperationsService(all, clock)).map((binding) => ({
    ...binding,
    findStore,
  }));
};
