import { classifiedFields, type DataClass } from '@plinth/contract-kit';
import type { Module } from './module.ts';

/** The classified fields of what some modules store, receive and send: the log must not show their values. */
export const getRedactedFields = (modules: readonly Module[]): ReadonlyMap<string, DataClass> =>
  classifiedFields(
    modules.flatMap(({ collections, contracts }) => [
      ...Object.values(collections).map(({ schema }) => schema),
      ...contracts.flatMap(({ routes }) =>
        Object.values(routes).flatMap(({ body, query, responses }) =>
          [body, query, ...Object.values(responses)].filter((schema) => schema !== undefined),
        ),
      ),
    ]),
  );
