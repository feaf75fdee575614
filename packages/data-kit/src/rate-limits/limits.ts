/** How much somebody may ask for: a bucket of `quota` tokens, one a request, that fills evenly once in each window. */
export type Limit = {
  /** What clients see of it, in the `RateLimit` header. */
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
};

/** What a bucket said to one request. */
export type LimitDecision = {
  readonly isAllowed: boolean;
  /** Whole tokens that are left, as far as this process knows. */
  readonly remaining: number;
  /** Whole seconds, at least 1, until the bucket is full again; for a refused request, until it has a token again. */
  readonly resetSeconds: number;
};

/** What it has taken to share buckets with other processes, since the limiter was made. */
export type LimiterCounts = {
  /** Round trips to where the buckets are. */
  readonly exchanges: number;
  /** Requests that were decided without the shared bucket, because it was away or slow. */
  readonly decidedLocally: number;
};

/** The buckets that a host asks before it serves a request. */
export type Limiter = {
  /** Of a limiter that shares its buckets. */
  readonly counts?: LimiterCounts;
  /**
   * Takes a token from the bucket that a limit keeps for a subject. It answers at once where this process can decide,
   * else by a promise that settles within a few tens of milliseconds; it neither throws nor rejects.
   */
  take(limit: Limit, subject: string): LimitDecision | Promise<LimitDecision>;
};

/** What tenants may be subscribed to, as far as limits go. */
export const plans = ['free', 'pro', 'enterprise'] as const;
export type Plan = (typeof plans)[number];

/** The tokens of a bucket at one moment, in milliseconds of any clock that does not go back. */
export type Bucket = { readonly tokens: number; readonly atMs: number };

const tokensPerMs = ({ quota, windowSeconds }: Limit): number => quota / (windowSeconds * 1000);

/** The tokens of a bucket at a later moment. */
export const tokensAt = (limit: Limit, { tokens, atMs }: Bucket, nowMs: number): number =>
  Math.min(limit.quota, tokens + Math.max(0, nowMs - atMs) * tokensPerMs(limit));

/** Milliseconds until a bucket with `tokens` has as many as `wanted`. */
export const msUntil = (limit: Limit, tokens: number, wanted: number): number =>
  Math.max(0, wanted - tokens) / tokensPerMs(limit);

const wholeSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** The decision for a request that leaves `tokens` in its bucket. */
export const allowedDecision = (limit: Limit, tokens: number): LimitDecision => ({
  isAllowed: true,
  remaining: Math.floor(tokens),
  resetSeconds: wholeSeconds(msUntil(limit, tokens, limit.quota)),
});

/** The decision for a request that found `tokens`, less than one, in its bucket. */
export const refusedDecision = (limit: Limit, tokens: number): LimitDecision => ({
  isAllowed: false,
  remaining: 0,
  resetSeconds: wholeSeconds(msUntil(limit, tokens, 1)),
});

/** Names the bucket of a subject. Its size is part of the name, so that another size begins another bucket. */
export const bucketKey = ({ name, quota, windowSeconds }: Limit, subject: string): string =>
  `${name}:${quota}/${windowSeconds}:${subject}`;

/** So many buckets are kept before those that are full again are looked for. */
const bucketsMin = 1000;
/** More than these are not kept: the one that came first is forgotten. */
const bucketsMax = 100_000;

/** A limiter that knows the requests of this process alone. */
export const createLocalLimiter = ({ nowMs }: { readonly nowMs: () => number }): Limiter => {
  const buckets = new Map<string, Bucket & { readonly fullAtMs: number }>();
  let sizeMax = bucketsMin;
  const forgetFull = (now: number): void => {
    for (const [key, { fullAtMs }] of buckets) if (fullAtMs <= now) buckets.delete(key);
    sizeMax = Math.min(bucketsMax, Math.max(bucketsMin, buckets.size * 2));
    const [oldest] = buckets.size < bucketsMax ? [] : buckets.keys();
    if (oldest !== undefined) buckets.delete(oldest);
  };
  return {
    take: (limit, subject) => {
      const now = nowMs();
      const key = bucketKey(limit, subject);
      const known = buckets.get(key);
      const tokens = known ? tokensAt(limit, known, now) : limit.quota;
      if (tokens < 1) return refusedDecision(limit, tokens);
      const left = tokens - 1;
      if (!known && buckets.size >= sizeMax) forgetFull(now);
      buckets.set(key, { tokens: left, atMs: now, fullAtMs: now + msUntil(limit, left, limit.quota) });
      return allowedDecision(limit, left);
    },
  };
};
