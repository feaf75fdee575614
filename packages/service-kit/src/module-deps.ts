import type { Clock, Events, Ids, Jobs, ModuleStore } from '@plinth/data-kit';
import type { Module } from './module.ts';

/** Refuses events that the module does not declare: no document and no comparison of versions would have them. */
const limitEvents = ({ name: module, events = [] }: Pick<Module, 'name' | 'events'>, { emit }: Events): Events => {
  const declared = new Set(events.flatMap((catalogue) => Object.values(catalogue).map(({ name }) => name)));
  return {
    emit: (ctx, event, payload) => {
      if (!declared.has(event.name)) {
        throw new TypeError(
          `Module '${module}' does not declare the event '${event.name}'. Add its catalogue to the 'events' of defineModule.`,
        );
      }
      emit(ctx, event, payload);
    },
  };
};

/** Refuses jobs that the module does not declare: no worker would run them. */
const limitJobs = ({ name: module, jobs = [] }: Pick<Module, 'name' | 'jobs'>, { enqueue }: Jobs): Jobs => {
  const declared = new Set(jobs.map(({ name }) => name));
  return {
    enqueue: (ctx, job, options) => {
      if (!declared.has(job.name)) {
        throw new TypeError(
          `Module '${module}' does not declare the job '${job.name}'. Add it to the 'jobs' of defineModule.`,
        );
      }
      enqueue(ctx, job, options);
    },
  };
};

type Options = {
  readonly clock: Clock;
  readonly ids: Ids;
  /** By the names of their modules, as `openLocalPorts` returns them. */
  readonly localPorts?: Readonly<Record<string, object>> | undefined;
};

/** @throws a `TypeError` when the local ports of a module are not open. */
export const assertLocalPorts = (
  modules: readonly Module[],
  { localPorts = {} }: Pick<Options, 'localPorts'>,
): void => {
  const closed = modules.find((module) => module.localPorts && !Object.hasOwn(localPorts, module.name));
  if (!closed) return;
  throw new TypeError(`The local ports of the module '${closed.name}' are not open. Pass them as 'localPorts'.`);
};

/** Creates the dependencies of the actions of a module. */
export const toModuleDeps = (
  module: Module,
  store: Pick<ModuleStore<Module['collections']>, 'collections' | 'events' | 'jobs'>,
  { clock, ids, localPorts }: Options,
): never =>
  ({
    ...localPorts?.[module.name],
    ...store.collections,
    events: limitEvents(module, store.events),
    jobs: limitJobs(module, store.jobs),
    clock,
    ids,
  }) as never;
