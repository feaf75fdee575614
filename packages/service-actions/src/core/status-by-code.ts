import type { ClientProblem } from './problem.ts';

type ProblemIn<Result> = Result extends { readonly ok: false; readonly problem: infer P }
  ? Exclude<P, ClientProblem>
  : never;

/**
 * The problems that the API may send for a function: their statuses by code. The compiler prints the name of the type when the
 * generated list of problems is older than its contract.
 */
export type RunNpmRunBuildForProblems<A extends (...args: never[]) => Promise<unknown>> = {
  readonly [P in ProblemIn<Awaited<ReturnType<A>>> as P extends { readonly code: infer C extends string }
    ? C
    : never]: P extends { readonly status: infer S } ? S : never;
};
