import { mkdir, writeFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchParts, withBench } from './bench.ts';
import { amountOf, keyOf } from './kinds.ts';
import { type Measured, measure } from './measure.ts';
import type { ProfileOrder, ProfileReply } from './profiled.ts';
import { conditionsOf, digits, nameOf, type Section, tableOf } from './report.ts';
import { type ServerName, serverNames } from './servers.ts';
import { type Stage, sharesOf, stages } from './stages.ts';
import { type Figures, type Row, summarize } from './summary.ts';

/** The part of a request's CPU time that each stage of a server has: 1 in all. */
type Shares = ReadonlyMap<Stage, number>;

/** What a kind of request costs, and where. */
type Fall = Row & { readonly shares: Readonly<Record<ServerName, Shares>> };

const profiles = fileURLToPath(new URL('../../../.data/profiles/', import.meta.url));

/** Leaves a profile for whoever wants to see more than stages: the tools of a browser open it. */
const keep = async (profile: Profiler.Profile, name: string): Promise<void> => {
  await mkdir(profiles, { recursive: true });
  await writeFile(join(profiles, `${name.replaceAll(' ', '-')}.cpuprofile`), JSON.stringify(profile));
};

/** The shares of several profiles, as if they were one. */
export const meanOf = (profiled: readonly Shares[]): Shares =>
  new Map(
    stages.flatMap((stage) => {
      const sum = profiled.reduce((all, shares) => all + (shares.get(stage) ?? 0), 0);
      return sum === 0 ? [] : [[stage, sum / profiled.length]];
    }),
  );

/** Profiles each slice of load. */
const profiling = (measured: Measured) => {
  const seen = { platform: new Map<string, Shares[]>(), raw: new Map<string, Shares[]>() };
  const load: Measured['load'] = async (order, name) => {
    const ask = (profile: ProfileOrder['profile']) =>
      measured.servers[name].request({ profile }) as Promise<ProfileReply>;
    await ask('begin');
    const reply = await measured.load(order, name);
    const { profile } = await ask('end');
    if (profile) {
      seen[name].set(keyOf(order), [...(seen[name].get(keyOf(order)) ?? []), sharesOf(profile)]);
      await keep(profile, `${name} ${order.kind} ${amountOf(order.load)}`);
    }
    return reply;
  };
  return { seen, measured: { ...measured, load } };
};

/**
 * Measures what requests cost, and then profiles both servers under the same load, to tell where. A profile costs time
 * of its own, so the microseconds of a stage are its share in the profile of what a request costs without.
 */
export const waterfall = (parts: BenchParts): Promise<Section> =>
  withBench(
    { ...parts, preload: fileURLToPath(new URL('./profiled.ts', import.meta.url)) },
    async ({ measured, conditions }) => {
      const rows = summarize(await measure(parts.options, measured));
      const profiled = profiling(measured);
      await measure(parts.options, profiled.measured);
      const sharesOfRow = (row: Row, name: ServerName): Shares => meanOf(profiled.seen[name].get(keyOf(row)) ?? []);
      const falls = rows.map((row) => ({
        ...row,
        shares: { platform: sharesOfRow(row, 'platform'), raw: sharesOfRow(row, 'raw') },
      }));
      return { name: 'waterfall', figures: `${waterfallTables(falls)}\n\n${conditionsOf('waterfall', conditions)}` };
    },
  );

const pairOf = (fall: Fall, show: (figures: Figures, shares: Shares) => number): string =>
  serverNames.map((name) => digits(show(fall[name], fall.shares[name]), 0)).join(' / ');

const tableOfLoad = (falls: readonly Fall[]): string => {
  const passed = stages.filter((stage) =>
    falls.some(({ shares }) => serverNames.some((name) => shares[name].has(stage))),
  );
  return tableOf([
    ['CPU µs of', ...falls.map(({ kind }) => nameOf[kind])],
    ...passed.map((stage) => [
      stage,
      ...falls.map((fall) => pairOf(fall, ({ serverMicros }, shares) => serverMicros * (shares.get(stage) ?? 0))),
    ]),
    ['in all', ...falls.map((fall) => pairOf(fall, ({ serverMicros }) => serverMicros))],
  ]);
};

/** One table for each number of connections: a row for each stage, a column for each kind of request. */
const waterfallTables = (falls: readonly Fall[]): string =>
  [...Map.groupBy(falls, ({ load }) => amountOf(load))]
    .map(
      ([connections, own]) =>
        `At ${connections} ${connections === 1 ? 'connection' : 'connections'}:\n\n${tableOfLoad(own)}`,
    )
    .join('\n\n');
