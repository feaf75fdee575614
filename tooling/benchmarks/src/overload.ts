import { type BenchParts, withBench } from './bench.ts';
import type { Kind } from './kinds.ts';
import type { Observed } from './load.ts';
import { type Measured, slice } from './measure.ts';
import { conditionsOf, digits, nameOf, type Section, tableOf } from './report.ts';
import { median } from './statistics.ts';

/** What a server did at its peak, and then when so many clients asked it for three times as much. */
export type Overload = {
  readonly kind: Kind;
  readonly clients: number;
  readonly peak: Observed;
  readonly over: Observed;
};

/** As many clients as the platform works for at a time, each with one request under way. */
const peakConnections = 256;

/** So many are there when it is asked for more: three times as many, and six times. Who finds all of them waiting goes. */
const overClients = [768, 1500];

const timesCapacity = 3;

const perSecondOf = ({ requests, seconds }: Observed): number => requests / seconds;

/** What was served of what could be: 1 where a server does as much as at its peak. */
export const goodputOf = ({ peak, over }: Overload): number => perSecondOf(over) / perSecondOf(peak);

/** Measures peak and overload in turn, round after round, for as long as they are asked for. */
export async function* overloadsOf(
  parts: Pick<BenchParts, 'options'>,
  measured: Measured,
  counts: readonly number[] = overClients,
): AsyncGenerator<Overload> {
  const { rounds, reads, writes, sliceMs, seed } = parts.options;
  // A peak that the compilers have not reached yet would be easy to keep.
  for (const kind of [...reads, ...writes]) {
    await slice({ kind, load: { connections: peakConnections } }, { name: 'platform', sliceMs, seed }, measured);
  }
  for (let round = 1; round <= rounds; round += 1) {
    measured.onRound(round);
    for (const kind of [...reads, ...writes]) {
      const options = { name: 'platform', sliceMs, seed: seed + round } as const;
      const peak = await slice({ kind, load: { connections: peakConnections } }, options, measured);
      const load = { perSecond: Math.round(perSecondOf(peak) * timesCapacity) };
      for (const clients of counts) {
        const over = await slice({ kind, load }, { ...options, overload: { connections: clients } }, measured);
        yield { kind, clients, peak, over };
      }
    }
  }
}

/** The part of its CPU that the server was at work, and the part of theirs that load and mongod were. */
const busyOf = ({ serverMicros, seconds }: Observed): number => serverMicros / (seconds * 1e6);
const othersBusyOf = ({ mongodMicros, loadMicros, seconds }: Observed): number =>
  (mongodMicros + loadMicros) / (seconds * 1e6);

/** The cells of the rounds of one kind of request from so many clients. */
const cellsOf = (overloads: readonly [Overload, ...Overload[]]): string[] => {
  const [{ kind, clients }] = overloads;
  type Figure = (overload: Overload) => number;
  const usual = (figure: Figure): string => digits(median(overloads.map(figure)), 0);
  const most = (figure: Figure): string => digits(Math.max(...overloads.map(figure)), 0);
  const pair = (show: (figure: Figure) => string, of: (observed: Observed) => number): string =>
    [({ peak }: Overload) => of(peak), ({ over }: Overload) => of(over)].map(show).join(' / ');
  const part = (figure: Figure): string => digits(median(overloads.map(figure)), 2);
  return [
    nameOf[kind],
    String(clients),
    usual(({ peak }) => perSecondOf(peak)),
    usual(({ over }) => perSecondOf(over)),
    part(goodputOf),
    usual(({ over }) => over.refused / over.seconds),
    usual(({ over }) => over.p50Ms),
    most(({ over }) => over.healthMs ?? Number.NaN),
    pair(part, busyOf),
    pair(part, othersBusyOf),
    pair(most, ({ serverBytes }) => serverBytes / 2 ** 20),
  ];
};

/** Asks the platform for three times what it can do. */
export const overload = (parts: BenchParts): Promise<Section> =>
  withBench(parts, async ({ measured, conditions }) => {
    const overloads: Overload[] = [];
    for await (const one of overloadsOf(parts, measured)) overloads.push(one);
    const head = [
      'request',
      'clients',
      'peak/s',
      'served/s',
      'of peak',
      'refused/s',
      'p50 ms',
      'health ms',
      'server CPU',
      'other CPU',
      'memory MiB',
    ];
    const rows = [...Map.groupBy(overloads, ({ kind, clients }) => `${kind} ${clients}`).values()].map((own) =>
      cellsOf(own as [Overload, ...Overload[]]),
    );
    return { name: 'overload', figures: `${tableOf([head, ...rows])}\n\n${conditionsOf('overload', conditions)}` };
  });
