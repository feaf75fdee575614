import { ApiError } from '@plinth/contract-kit';

/** Runs an action. Returns a function with its result, or with the refusal whose effect is committed. @throws every other error. */
export const settleRefusal = <T>(run: () => Promise<T>): Promise<() => T> =>
  run().then(
    (result) => () => result,
    (error: unknown) => {
      if (!(error instanceof ApiError && error.spec.commits)) throw error;
      return () => {
        throw error;
      };
    },
  );
