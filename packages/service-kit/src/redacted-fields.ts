import { classifiedFields, type DataClass } from '@plinth/contract-kit';
import type { Module } from './module.ts';

/** Returns the classified fields of the documents, requests and responses of modules. The log must not contain their values. */
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
