import type { LimiterCounts } from '@plinth/data-kit';
import type { Ask, Exchange } from './exchange.ts';
import { board, isLow, type Lease, receive, serve, serveLocally, undo } from './lease.ts';

export type LinkParts = {
  readonly exchange: Exchange;
  /** Milliseconds of a clock that does not go back. */
  readonly nowMs: () => number;
  /** Told once each time that Redis goes. */
  readonly onAway: (cause: Error) => void;
  readonly onBack: () => void;
};

/** How the leases of this process and the shared buckets hear of each other. One exchange is under way at a time. */
export type Link = LinkParts & {
  readonly counts: { -readonly [K in keyof LimiterCounts]: LimiterCounts[K] };
  /** What the next exchange asks for. */
  readonly asking: Set<Lease>;
  /** Those that Redis has to be told about as soon as it answers again: what they served, it does not know of. */
  readonly owing: Set<Lease>;
  /** `unknown` until Redis has answered, or has failed to, for the first time. */
  state: 'unknown' | 'shared' | 'away';
  /** How many processes shared the buckets when Redis answered last. */
  processes: number;
  underWay: Promise<void> | undefined;
  /** The exchange under way takes longer than a request waits. */
  isSlow: boolean;
  isScheduled: boolean;
  contactAtMs: number;
};

/** A request waits so long for Redis at most, in milliseconds; then it is decided here. */
const patienceMs = 25;

/** One exchange carries so many buckets at most, because Redis does nothing else meanwhile. */
export const asksMax = 200;

export const createLink = (parts: LinkParts): Link => ({
  ...parts,
  counts: { exchanges: 0, decidedLocally: 0 },
  asking: new Set(),
  owing: new Set(),
  state: 'unknown',
  processes: 1,
  underWay: undefined,
  isSlow: false,
  isScheduled: false,
  contactAtMs: Number.NEGATIVE_INFINITY,
});

/** True while requests are decided without the shared bucket. */
export const isAlone = ({ state, isSlow }: Link): boolean => state !== 'shared' || isSlow;

type Flight = readonly (readonly [Lease, Ask])[];

/** Answers all requests that wait, without waiting any longer. */
const decideHere = (link: Link, flight: Flight): void => {
  const { counts, processes, asking, owing } = link;
  for (const lease of [...flight.map(([one]) => one), ...asking]) {
    counts.decidedLocally += serveLocally(lease, { nowMs: link.nowMs(), processes });
    if (lease.owed > 0) owing.add(lease);
  }
};

const land = (link: Link, flight: Flight, answer: Awaited<ReturnType<Exchange>>): void => {
  const now = link.nowMs();
  link.processes = answer.processes;
  link.contactAtMs = now;
  if (link.state === 'away') link.onBack();
  link.state = 'shared';
  for (const [at, [lease]] of flight.entries()) {
    const told = answer.told[at];
    if (told) receive(lease, told, { nowMs: now, processes: answer.processes });
    serve(lease, now);
    if (lease.waiting.length > 0) link.asking.add(lease);
  }
  for (const lease of link.owing) if (lease.owed > 0) link.asking.add(lease);
  link.owing.clear();
};

const fail = (link: Link, flight: Flight, cause: unknown): void => {
  for (const [lease, ask] of flight) undo(lease, ask);
  decideHere(link, flight);
  link.asking.clear();
  if (link.state !== 'away') link.onAway(cause as Error);
  link.state = 'away';
};

const carry = async (link: Link, flight: Flight): Promise<void> => {
  let isOver = false;
  const losePatience = (): void => {
    if (isOver) return;
    link.isSlow = true;
    decideHere(link, flight);
  };
  // An answer that has come while this process was busy is read first.
  const patience = setTimeout(() => setImmediate(losePatience), patienceMs);
  link.counts.exchanges += 1;
  try {
    land(link, flight, await link.exchange(flight.map(([, ask]) => ask)));
  } catch (cause) {
    fail(link, flight, cause);
  }
  isOver = true;
  clearTimeout(patience);
  link.isSlow = false;
  link.underWay = undefined;
  if ([...link.asking].some((lease) => isLow(lease) || lease.owed > 0)) schedule(link);
};

/** Exchanges with Redis now, when no other exchange is under way. It never rejects. */
export const fly = (link: Link, flight: Flight): Promise<void> => (link.underWay ??= carry(link, flight));

const flyWithAll = (link: Link): void => {
  link.isScheduled = false;
  if (link.underWay) return;
  const leases = [...link.asking].slice(0, asksMax);
  for (const lease of leases) link.asking.delete(lease);
  void fly(
    link,
    leases.map((lease) => [lease, board(lease)] as const),
  );
};

/** Everything that is asked for in one turn of the event loop travels together. */
const schedule = (link: Link): void => {
  if (link.isScheduled || link.underWay) return;
  link.isScheduled = true;
  setImmediate(flyWithAll, link);
};

/** Has the next exchange ask for a lease. While the lease is not low, it rides along when others are. */
export const askFor = (link: Link, lease: Lease): void => {
  link.asking.add(lease);
  if (isLow(lease)) schedule(link);
};
