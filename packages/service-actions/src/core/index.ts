export { type Action, createAction, type RouteOf } from './action.ts';
export { type Api, type ApiOptions, createApi, type Fetch } from './api.ts';
export { items, unwrap } from './items.ts';
export {
  type AnyFailure,
  type AnyProblem,
  type ClientCode,
  type ClientProblem,
  ProblemError,
  type ProblemOf,
} from './problem.ts';
export { readLines } from './stream.ts';
export type { GetToken } from './token.ts';
export type { CallInput, CallOptions, DataOf, FailureResult, Result, SuccessResult } from './types.ts';
