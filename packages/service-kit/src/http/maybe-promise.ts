/** A value that is there at once, or later. */
export type MaybePromise<T = void> = T | Promise<T>;

/** Continues with a value: at once when it is there. */
export const chain = <T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> =>
  value instanceof Promise ? value.then(next) : next(value);

/** Runs a hook that may be asynchronous, and passes its error to Fastify. */
export const runHook = (hook: () => MaybePromise, done: (error?: Error) => void): void => {
  let result: MaybePromise;
  try {
    result = hook();
  } catch (error) {
    return done(error as Error);
  }
  if (result instanceof Promise) result.then(() => done(), done);
  else done();
};
