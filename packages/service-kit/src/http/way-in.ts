/** A step that a request takes before it is served: at once where it can, so that the hook of it stays synchronous. */
export type Step<T = void> = T | Promise<T>;

/** Goes on with the outcome of a step, at once when it is there. */
export const andThen = <T, U>(step: Step<T>, next: (outcome: T) => Step<U>): Step<U> =>
  step instanceof Promise ? step.then(next) : next(step);

/** Takes a step for a hook: it goes on afterwards, or answers with what the step has thrown. */
export const takeStep = (step: () => Step, done: (error?: Error) => void): void => {
  let taken: Step;
  try {
    taken = step();
  } catch (error) {
    return done(error as Error);
  }
  if (taken instanceof Promise) taken.then(() => done(), done);
  else done();
};
