import { toBucketKey } from '@plinth/data-kit';
import type { Redis } from 'ioredis';
import type { LeaseGrant, LeaseRequest } from './lease.ts';

export type LeaseResponse = {
  /** The number of processes that contacted Redis recently, including this one. */
  readonly processes: number;
  /** One grant for each request, in their order. */
  readonly grants: readonly LeaseGrant[];
};

/** Requests tokens in one round trip, which also marks this process as alive. @throws when Redis does not respond. */
export type RequestLeases = (requests: readonly LeaseRequest[]) => Promise<LeaseResponse>;

/** A process that has not contacted Redis for this long no longer counts. */
const processLifetimeMs = 7000;

/** The script does nothing when it starts later than this, because its caller no longer waits for the tokens. */
const lateAfterMs = 1000;

// The tokens of a bucket are a hash that expires when the bucket is full: an absent bucket is a full one.
const script = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lifetime = tonumber(ARGV[2])
local deadline = tonumber(ARGV[3])
if deadline > 0 and now > deadline then return { now } end

redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - lifetime)
redis.call('PEXPIRE', KEYS[1], lifetime)
local processes = redis.call('ZCARD', KEYS[1])

local response = { now, processes }
for i = 2, #KEYS do
  local first = 4 + (i - 2) * 5
  local quota, perMs = tonumber(ARGV[first]), tonumber(ARGV[first + 1])
  local returned, needed, ahead = tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3]), tonumber(ARGV[first + 4])

  local stored = redis.call('HMGET', KEYS[i], 'tokens', 'at')
  local tokens = quota
  if stored[1] then
    tokens = math.min(quota, tonumber(stored[1]) + math.max(0, now - tonumber(stored[2])) * perMs)
  end
  tokens = math.max(0, math.min(quota, tokens + returned))

  local granted = math.min(math.floor(tokens), needed)
  local spare = math.floor(tokens) - granted
  if processes > 1 then spare = math.floor(spare / (2 * processes)) end
  granted = granted + math.min(spare, ahead)
  tokens = tokens - granted

  if tokens >= quota then
    redis.call('DEL', KEYS[i])
  else
    redis.call('HSET', KEYS[i], 'tokens', tokens, 'at', now)
    redis.call('PEXPIRE', KEYS[i], math.ceil((quota - tokens) / perMs) + 1000)
  end
  response[#response + 1] = granted
  response[#response + 1] = math.floor(tokens * 1000)
end
return response
`;

type ScriptedRedis = Redis & {
  plinthLease(keyCount: number, ...keysAndArguments: (string | number)[]): Promise<number[]>;
};

const toArguments = ({ lease: { bucket }, returned, needed, ahead }: LeaseRequest): number[] => [
  bucket.quota,
  bucket.quota / (bucket.windowSeconds * 1000),
  returned,
  needed,
  ahead,
];

export type LeaseScriptOptions = {
  /** The prefix of every key. */
  readonly prefix: string;
  /** Identifies this process among those that share the buckets. */
  readonly processId: string;
};

/** Creates the function that runs the lease script on a Redis server. */
export const createRequestLeases = (redis: Redis, { prefix, processId }: LeaseScriptOptions): RequestLeases => {
  redis.defineCommand('plinthLease', { lua: script });
  const scripted = redis as ScriptedRedis;
  /** The clock of Redis minus the clock of this process. */
  let clockOffsetMs: number | undefined;
  return async (requests) => {
    const sentAtMs = performance.now();
    const deadline = clockOffsetMs === undefined ? 0 : Math.ceil(sentAtMs + clockOffsetMs) + lateAfterMs;
    const [now = 0, processes, ...numbers] = await scripted.plinthLease(
      requests.length + 1,
      `${prefix}limits:processes`,
      ...requests.map(({ lease }) => `${prefix}limits:${toBucketKey(lease.bucket)}`),
      processId,
      processLifetimeMs,
      deadline,
      ...requests.flatMap(toArguments),
    );
    clockOffsetMs = now - sentAtMs;
    if (processes === undefined) throw new Error('Redis ran the lease script too late, so it had no effect.');
    const grants = requests.map((request, index) => ({
      ...request,
      granted: numbers[2 * index] ?? 0,
      left: (numbers[2 * index + 1] ?? 0) / 1000,
    }));
    return { processes, grants };
  };
};
