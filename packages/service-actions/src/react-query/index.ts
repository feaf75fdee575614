export { type QueryKey, toKey } from './keys.ts';
export {
  changeQuery,
  type MutationOptions,
  type MutationOptionsOf,
  mutationOptions,
  type OptimisticChange,
} from './mutations.ts';
export {
  type ErrorOf,
  type InfiniteQueryOptionsOf,
  infiniteQueryOptions,
  type QueryOptionsOf,
  queryOptions,
} from './queries.ts';
