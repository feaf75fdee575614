/** How calls to one system behave. */
export type TargetOptions = {
  /** The time for an attempt, from the connection to the last byte of the response. Default: 10 seconds. */
  readonly timeoutMs?: number;
  /** The most bytes of the body of a response, after decompression. Default: 1 MiB. */
  readonly bodyBytesMax?: number;
  /** How often a call is repeated that may be. Default: 2. */
  readonly retriesMax?: number;
  /** How long the breaker stays open before one call tries the system again. Default: 30 seconds. */
  readonly halfOpenAfterMs?: number;
};

export const targetDefaults = {
  timeoutMs: 10_000,
  bodyBytesMax: 1024 * 1024,
  retriesMax: 2,
  halfOpenAfterMs: 30_000,
} as const;
