import { markdownTable } from 'markdown-table';
import { median } from '../compare.ts';

type Run = {
  readonly round: number;
  readonly server: string;
  readonly endpoint: string;
  readonly rps: number;
  readonly p99: number;
  readonly serverUsPerReq: number;
};

/** The results that the peers' benchmark writes. */
export type PeersResults = {
  readonly order: readonly string[];
  readonly runs: readonly Run[];
  readonly starts: readonly { readonly server: string; readonly startMs: number }[];
  readonly memory: readonly { readonly server: string; readonly rssLoad: number }[];
};

const endpoints = ['get', 'list', 'post', 'health'] as const;

const toCell = (runs: readonly Run[]): string => {
  if (runs.length === 0) return '–';
  const figure = (name: 'serverUsPerReq' | 'rps' | 'p99'): string => median(runs.map((run) => run[name])).toFixed(0);
  return `${figure('serverUsPerReq')} · ${figure('rps')} · ${figure('p99')}`;
};

/** Returns the CPU time of `peer` for a request, divided by that of `ours`: the median over the rounds of both. */
const toRatio = (ours: readonly Run[], peer: readonly Run[]): string => {
  const ratios = ours.flatMap(({ round, serverUsPerReq }) =>
    peer.filter((run) => run.round === round).map((run) => run.serverUsPerReq / serverUsPerReq),
  );
  return ratios.length === 0 ? '–' : median(ratios).toFixed(2);
};

const toTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable([head, ...rows], { align: head.map((_, column) => (column === 0 ? null : 'right')) });

/** Formats the figures of every server, and the ratios of `name` to each other one. */
export const toPeersTables = ({ order, runs, starts, memory }: PeersResults, name: string): string => {
  const select = (server: string, endpoint: string) =>
    runs.filter((run) => run.server === server && run.endpoint === endpoint);
  const figures = order.map((server) => [
    server,
    ...endpoints.map((endpoint) => toCell(select(server, endpoint))),
    median(starts.filter((start) => start.server === server).map(({ startMs }) => startMs)).toFixed(0),
    median(memory.filter((used) => used.server === server).map(({ rssLoad }) => rssLoad)).toFixed(0),
  ]);
  const others = order.filter((server) => server !== name);
  const ratios = others.map((server) => [
    server,
    ...endpoints.map((endpoint) => toRatio(select(name, endpoint), select(server, endpoint))),
  ]);
  return [
    toTable(['server', ...endpoints, 'start ms', 'memory MiB'], figures),
    toTable([`${name}, per core, relative to`, ...endpoints], ratios),
  ].join('\n\n');
};
