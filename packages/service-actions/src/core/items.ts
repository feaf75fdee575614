import type { RouteSpec } from '@plinth/contract-kit';
import type { Action } from './action.ts';
import type { Api } from './api.ts';
import { type AnyFailure, type AnyProblem, ProblemError } from './problem.ts';
import type { AnyInput } from './request.ts';
import type { CallArguments, DataOf } from './types.ts';

type AnySuccess = { readonly ok: true; readonly data: unknown };
type DataIn<Result> = Extract<Result, { readonly ok: true }> extends { readonly data: infer D } ? D : never;

/** Returns the data of a result. @throws `ProblemError` with its problem. */
export const unwrap = async <Result extends AnySuccess | { readonly ok: false; readonly problem: AnyProblem }>(
  result: Result | Promise<Result>,
): Promise<DataIn<Result>> => {
  const settled = await result;
  if (!settled.ok) throw new ProblemError(settled.problem);
  return settled.data as DataIn<Result>;
};

type ItemOf<R extends RouteSpec> = DataOf<R> extends { readonly items: readonly (infer I)[] } ? I : never;
type Page = { readonly items: readonly unknown[]; readonly nextCursor: string | null };

/** Reads a list page by page, each when its first item is needed. @throws `ProblemError`. */
export async function* items<R extends RouteSpec & { readonly query: unknown }>(
  action: Action<R>,
  api: Api,
  ...[input, options]: CallArguments<R>
): AsyncGenerator<ItemOf<R>, void, undefined> {
  const list = action as unknown as (...args: unknown[]) => Promise<{ ok: true; data: Page } | AnyFailure>;
  const { query, ...params } = (input ?? {}) as AnyInput;
  let cursor = query?.['cursor'] as string | null | undefined;
  do {
    const page = await unwrap(list(api, { ...params, query: { ...query, cursor: cursor ?? undefined } }, options));
    yield* page.items as ItemOf<R>[];
    cursor = page.nextCursor;
  } while (cursor);
}
