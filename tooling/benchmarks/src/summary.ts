import { type Cell, keyOf } from './kinds.ts';
import type { Observed } from './load.ts';
import type { ServerName } from './servers.ts';
import { median, type Spread, spreadOf } from './statistics.ts';

/** One server under one kind of load for a moment. */
export type Slice = Observed & Cell & { readonly round: number; readonly name: ServerName };

/** The medians of one server's slices. */
export type Figures = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverMicros: number;
  readonly mongodMicros: number;
};

export type Row = Cell & {
  /** What a core serves with the platform, as a share of what it serves with the raw server; of slices of one round. */
  readonly perCore: Spread;
  readonly platform: Figures;
  readonly raw: Figures;
};

const serverMicrosOf = ({ serverMicros, requests }: Slice): number => serverMicros / requests;

const figuresOf = (slices: readonly Slice[]): Figures => ({
  perSecond: median(slices.map(({ requests, seconds }) => requests / seconds)),
  p50Ms: median(slices.map(({ p50Ms }) => p50Ms)),
  p99Ms: median(slices.map(({ p99Ms }) => p99Ms)),
  serverMicros: median(slices.map(serverMicrosOf)),
  mongodMicros: median(slices.map(({ mongodMicros, requests }) => mongodMicros / requests)),
});

const rowOf = (slices: readonly Slice[], { kind, load }: Cell): Row => {
  const platform = slices.filter(({ name }) => name === 'platform');
  const raw = slices.filter(({ name }) => name === 'raw');
  const ratios = platform.flatMap((ours) => {
    const theirs = raw.find(({ round }) => round === ours.round);
    return theirs ? [serverMicrosOf(theirs) / serverMicrosOf(ours)] : [];
  });
  return { kind, load, perCore: spreadOf(ratios), platform: figuresOf(platform), raw: figuresOf(raw) };
};

/** One row for each kind of request and of load, in the order in which they were measured. */
export const summarize = (slices: readonly Slice[]): Row[] =>
  [...Map.groupBy(slices, keyOf).values()].map((group) => rowOf(group, group[0] as Slice));
