import type { Limit } from '@plinth/data-kit';
import type { Redis } from 'ioredis';

/** What a process tells a shared bucket, and asks of it. */
export type Ask = {
  readonly key: string;
  readonly limit: Limit;
  /** Tokens that were spent here while Redis was away, and are taken from the bucket now. */
  readonly owed: number;
  /** Leased tokens that nobody needed. */
  readonly returned: number;
  /** Tokens for requests that wait: given to the last one. */
  readonly needed: number;
  /** Tokens for requests to come: given as far as other processes do not have to go short. */
  readonly ahead: number;
};

/** What a bucket gave, and how many tokens it still has, in thousandths. */
export type Told = { readonly granted: number; readonly leftThousandths: number };

export type Answer = {
  /** How many processes have been here lately, this one included. */
  readonly processes: number;
  /** One an ask, in their order. */
  readonly told: readonly Told[];
};

/** Asks the shared buckets, in one round trip. It also says that this process is alive. @throws when Redis is away. */
export type Exchange = (asks: readonly Ask[]) => Promise<Answer>;

/** A process that has not been heard of for this long has gone. */
export const processLifetimeMs = 7000;

/** What Redis starts later than this after it was sent has no effect: the sender no longer waits for it. */
const patienceMs = 1000;

const argumentsPerAsk = 6;

// The tokens of a bucket lie in a hash that expires when the bucket is full: an absent bucket is a full one.
// A script that is started late does nothing, because what it would lease reached nobody.
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

local answer = { now, processes }
for i = 2, #KEYS do
  local first = 4 + (i - 2) * ${argumentsPerAsk}
  local quota, perMs = tonumber(ARGV[first]), tonumber(ARGV[first + 1])
  local owed, returned = tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3])
  local needed, ahead = tonumber(ARGV[first + 4]), tonumber(ARGV[first + 5])

  local kept = redis.call('HMGET', KEYS[i], 'tokens', 'at')
  local tokens = quota
  if kept[1] then
    tokens = math.min(quota, tonumber(kept[1]) + math.max(0, now - tonumber(kept[2])) * perMs)
  end
  tokens = math.min(quota, math.max(0, tokens - owed) + returned)

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
  answer[#answer + 1] = granted
  answer[#answer + 1] = math.floor(tokens * 1000)
end
return answer
`;

type ScriptedRedis = Redis & {
  plinthLease(keyCount: number, ...keysAndArguments: (string | number)[]): Promise<number[]>;
};

const argumentsOf = ({ limit, owed, returned, needed, ahead }: Ask): number[] => [
  limit.quota,
  limit.quota / (limit.windowSeconds * 1000),
  owed,
  returned,
  needed,
  ahead,
];

const toldOf = (flat: readonly number[]): Told[] =>
  Array.from({ length: flat.length / 2 }, (_, at) => ({
    granted: flat[2 * at] as number,
    leftThousandths: flat[2 * at + 1] as number,
  }));

export type ExchangeOptions = {
  /** Stands before every key. */
  readonly prefix: string;
  /** Names this process among those that share the buckets. */
  readonly processId: string;
  readonly nowMs: () => number;
};

/** Makes the exchange with the buckets of one Redis, and the way to leave it. */
export const createExchange = (redis: Redis, { prefix, processId, nowMs }: ExchangeOptions) => {
  redis.defineCommand('plinthLease', { lua: script });
  const scripted = redis as ScriptedRedis;
  const processesKey = `${prefix}limits:processes`;
  /** By how much the clock of Redis is ahead of ours, or a little more. */
  let aheadOfUsMs: number | undefined;
  const exchange: Exchange = async (asks) => {
    const sentAtMs = nowMs();
    const deadline = aheadOfUsMs === undefined ? 0 : Math.ceil(sentAtMs + aheadOfUsMs) + patienceMs;
    const [now = 0, processes, ...flat] = await scripted.plinthLease(
      asks.length + 1,
      processesKey,
      ...asks.map(({ key }) => `${prefix}limits:${key}`),
      processId,
      processLifetimeMs,
      deadline,
      ...asks.flatMap(argumentsOf),
    );
    aheadOfUsMs = now - sentAtMs;
    if (processes === undefined) throw new Error('Redis had no time for the limits until it was too late.');
    return { processes, told: toldOf(flat) };
  };
  return { exchange, leave: async () => void (await redis.zrem(processesKey, processId)) };
};
