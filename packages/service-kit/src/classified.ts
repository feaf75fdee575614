import { classifiedFields, type DataClass } from '@plinth/contract-kit';
import type { Module } from './module.ts';

/** The classified fields of everything that some modules store, take and answer: what their log must not show. */
export const classifiedOf = (modules: readonly Module[]): ReadonlyMap<string, DataClass> =>
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
