/** Returns a token. `refused` is the one that the API has just refused, so that a cached one is not returned again. */
export type GetToken = (refused?: string) => string | Promise<string>;

/** Keeps the current token: concurrent calls share one fetch, and one renewal of a token that the API has refused. */
export const createTokens = (source: string | GetToken) => {
  let pending: Promise<string> | undefined;
  let current: string | undefined;
  return (refused?: string): Promise<string> => {
    if (refused && refused === current) pending = current = undefined;
    pending ??= Promise.resolve(refused)
      .then(typeof source === 'string' ? () => source : source)
      .then(
        (token) => (current = token),
        (error: unknown) => {
          // The next call tries again.
          pending = undefined;
          throw error;
        },
      );
    return pending;
  };
};
