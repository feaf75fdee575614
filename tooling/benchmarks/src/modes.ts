import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CompareOptions, compare, createSlices, type Row } from './compare.ts';
import type { Options } from './options.ts';
import { assertSameWork } from './same-work.ts';
import type { Lab, Server } from './servers.ts';

export type ModeOptions = Options & Pick<CompareOptions, 'log'>;

const createCells = ({ kinds, loads }: Options, key: 'connections' | 'perSecond') =>
  loads.flatMap((load) => kinds.map((kind) => ({ kind, load: { [key]: load } as Row['load'] })));

type Pair = { readonly subject: Server; readonly reference: Server };

/** Compares two servers, and checks that every acknowledged write is stored. */
export const comparePair = async (
  { lab, pair }: { readonly lab: Lab; readonly pair: Pair },
  options: ModeOptions,
  key: 'connections' | 'perSecond' = 'connections',
): Promise<Row[]> => {
  const { run, assertStored } = createSlices(lab);
  const rows = await compare(run, { pair, ...options, cells: createCells(options, key) });
  await assertStored();
  return rows;
};

/** Compares the platform with the raw server, on the same database. */
export const runRaw = async (lab: Lab, options: ModeOptions, key?: 'connections' | 'perSecond'): Promise<Row[]> => {
  const subject = await lab.startPlatformServer({ name: 'platform' });
  const reference = await lab.startRawServer(subject);
  await assertSameWork(subject, reference);
  return comparePair({ lab, pair: { subject, reference } }, options, key);
};

/** Starts a collector that accepts traces and keeps none. */
const startCollector = async () => {
  const collector = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await once(collector.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`, close: () => collector.close() };
};

const recordedShare = 0.1;

/** Compares a platform that records a tenth of its traces with one that records none. */
export const runTracing = async (lab: Lab, options: ModeOptions): Promise<Row[]> => {
  const collector = await startCollector();
  const settings = {
    OTEL_TRACING: 'true',
    OTEL_TRACES_SAMPLER_ARG: String(recordedShare),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  };
  try {
    const subject = await lab.startPlatformServer({ name: 'traced', settings });
    const reference = await lab.startPlatformServer({ name: 'untraced' });
    return await comparePair({ lab, pair: { subject, reference } }, options);
  } finally {
    collector.close();
  }
};
