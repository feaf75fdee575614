import type { Clock, Events, Ids, ModuleStore } from '@plinth/data-kit';
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

/** Creates the dependencies of the actions of a module. */
export const toModuleDeps = (
  module: Module,
  store: Pick<ModuleStore<Module['collections']>, 'collections' | 'events'>,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
): never => ({ ...store.collections, events: limitEvents(module, store.events), clock, ids }) as never;
