import type { LimitDecision, Limiter, LimiterCounts } from '@plinth/data-kit';
import type { Ask } from './exchange.ts';
import { decideLocally, giveBack, isWorn, type Lease, refuse, spend } from './lease.ts';
import { createLeases, type Leases } from './leases.ts';
import { askFor, asksMax, createLink, fly, isAlone, type Link, type LinkParts } from './link.ts';

export type LeasedLimiter = Limiter & {
  readonly counts: LimiterCounts;
  /** Says that this process is alive, and gives idle tokens back. To be called at times, and when Redis is back. */
  beat(): Promise<void>;
  /** Gives back what is left. */
  close(): Promise<void>;
};

/** Tokens that nobody has asked for in so long are given back. */
const idleMs = 5000;

/** Without anything to say, this process is silent for so long. */
const silenceMs = 1900;

/** False when Redis would give nothing ahead of need, so that other processes do not go short. */
const hasMore = ({ shared }: Lease, { processes }: Link): boolean => (shared?.tokens ?? 0) >= 2 * processes;

const takeFrom = (lease: Lease, link: Link, nowMs: number): LimitDecision | Promise<LimitDecision> => {
  lease.usedAtMs = nowMs;
  if (lease.tokens >= 1) {
    const decision = spend(lease, nowMs);
    if (isWorn(lease) && !isAlone(link) && hasMore(lease, link)) askFor(link, lease);
    return decision;
  }
  if (isAlone(link)) {
    link.counts.decidedLocally += 1;
    link.owing.add(lease);
    return decideLocally(lease, { nowMs, processes: link.processes });
  }
  if (nowMs < lease.emptyUntilMs) return refuse(lease, nowMs);
  return new Promise((resolve) => {
    lease.waiting.push(resolve);
    askFor(link, lease);
  });
};

/** The leases of which there is nothing left to know, and those that are idle and hold tokens or owe some. */
const idleOf = (leases: Leases, nowMs: number): Lease[] => {
  const idle: Lease[] = [];
  for (const lease of leases.all) {
    const idleForMs = nowMs - lease.usedAtMs;
    if (idleForMs < idleMs) continue;
    // By now the bucket is full, here and in Redis.
    if (idleForMs >= lease.limit.windowSeconds * 1000) leases.forget(lease);
    else if (lease.tokens > 0 || lease.owed > 0) idle.push(lease);
  }
  return idle;
};

/** Tells Redis of many leases, in as many exchanges as it takes; in none while it is away. */
const tell = async (link: Link, leases: readonly Lease[], askOf: (lease: Lease) => Ask): Promise<void> => {
  for (let at = 0; at < leases.length && !isAlone(link); at += asksMax) {
    await link.underWay;
    const flight = leases.slice(at, at + asksMax).map((lease) => [lease, askOf(lease)] as const);
    await fly(link, flight);
  }
};

/**
 * Makes a limiter whose buckets many processes share. Each leases tokens ahead of need, so nearly every request is
 * decided at once and in memory; only one that finds no token here waits for Redis, and never for long.
 */
export const createLeasedLimiter = (options: LinkParts): LeasedLimiter => {
  const { nowMs } = options;
  const link = createLink(options);
  const leases = createLeases((lease) => link.owing.delete(lease));
  return {
    counts: link.counts,
    take: (limit, subject) => takeFrom(leases.of(limit, subject), link, nowMs()),
    beat: async () => {
      if (link.underWay) return;
      const idle = idleOf(leases, nowMs());
      if (idle.length > 0 && !isAlone(link)) await tell(link, idle, giveBack);
      else if (isAlone(link) || nowMs() - link.contactAtMs >= silenceMs) await fly(link, []);
    },
    close: async () => {
      await link.underWay;
      await tell(
        link,
        [...leases.all].filter(({ tokens, owed }) => tokens > 0 || owed > 0),
        giveBack,
      );
    },
  };
};
