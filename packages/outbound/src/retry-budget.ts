/** The retries that a target may have at once. */
const tokensMax = 10;
/** The part of the calls that may be retries in the long run. */
const tokensPerCall = 0.1;

/** Limits retries to a tenth of the calls, so that a system which fails does not get several times its load. */
export type RetryBudget = {
  /** Records a call. */
  deposit(): void;
  isLeft(): boolean;
  /** Records a retry. */
  take(): void;
};

export const createRetryBudget = (): RetryBudget => {
  let tokens = tokensMax;
  return {
    deposit: () => {
      tokens = Math.min(tokensMax, tokens + tokensPerCall);
    },
    isLeft: () => tokens >= 1,
    take: () => {
      tokens -= 1;
    },
  };
};
