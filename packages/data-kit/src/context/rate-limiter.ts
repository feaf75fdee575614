/** A token bucket: `quota` tokens, one for each request, refilled evenly over each window. */
export type TokenBucket = {
  /** Identifies the bucket, such as `ip 203.0.113.7`, together with quota and window. */
  readonly key: string;
  readonly quota: number;
  readonly windowSeconds: number;
};

/** Returns the key by which limiters store a bucket: its name and size. */
export const toBucketKey = ({ key, quota, windowSeconds }: TokenBucket): string => `${key}:${quota}/${windowSeconds}`;

export type RateLimitDecision = {
  readonly isAllowed: boolean;
  /** The whole tokens left, as far as this process knows. */
  readonly remaining: number;
  /** Whole seconds, at least 1, until the bucket is full again; for a refused request, until it has a token again. */
  readonly resetSeconds: number;
};

export type RateLimiterCounts = {
  /** Round trips to the shared buckets. */
  readonly roundTrips: number;
  /** Requests decided without the shared bucket, because it was unreachable or slow. */
  readonly decidedLocally: number;
};

/** The port of rate limiting. */
export type RateLimiter = {
  /** Present when the buckets are shared between processes. */
  readonly counts?: RateLimiterCounts;
  /**
   * Takes a token. Returns a decision directly where this process can decide, else a promise that settles within a few
   * tens of milliseconds. It neither throws nor rejects.
   */
  take(bucket: TokenBucket): RateLimitDecision | Promise<RateLimitDecision>;
};

/** The plans of tenants, which determine their rate limits. */
export const plans = ['free', 'pro', 'enterprise'] as const;
export type Plan = (typeof plans)[number];

/** The number of tokens at one moment, in milliseconds of a monotonic clock. */
export type TokenLevel = { readonly tokens: number; readonly atMs: number };

const tokensPerMs = ({ quota, windowSeconds }: TokenBucket): number => quota / (windowSeconds * 1000);

/** Returns the tokens of a bucket at a later moment. */
export const refilledTokens = (bucket: TokenBucket, { tokens, atMs }: TokenLevel, nowMs: number): number =>
  Math.min(bucket.quota, tokens + Math.max(0, nowMs - atMs) * tokensPerMs(bucket));

/** Returns the milliseconds until a bucket with `tokens` has `wanted`. */
export const msUntilTokens = (bucket: TokenBucket, tokens: number, wanted: number): number =>
  Math.max(0, wanted - tokens) / tokensPerMs(bucket);

const toSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** Returns the decision for a request that leaves `tokens` in its bucket. */
export const allow = (bucket: TokenBucket, tokens: number): RateLimitDecision => ({
  isAllowed: true,
  remaining: Math.floor(tokens),
  resetSeconds: toSeconds(msUntilTokens(bucket, tokens, bucket.quota)),
});

/** Returns the decision for a request that finds `tokens`, less than one, in its bucket. */
export const refuse = (bucket: TokenBucket, tokens: number): RateLimitDecision => ({
  isAllowed: false,
  remaining: 0,
  resetSeconds: toSeconds(msUntilTokens(bucket, tokens, 1)),
});
