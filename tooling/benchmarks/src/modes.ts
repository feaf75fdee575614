import { openOtlpReceiver } from '@plinth/telemetry/testing';
import { compare, type Pair, type Row } from './compare.ts';
import type { ModeOptions } from './options.ts';
import { assertSameWork } from './same-work.ts';
import type { Lab, Server } from './servers.ts';
import { createMeasure, type MeasureOptions } from './slice.ts';

type CompareOptions = ModeOptions & MeasureOptions;

export const compareServers = (lab: Lab, servers: Pair<Server>, options: CompareOptions): Promise<Row[]> => {
  const toMeasure = (server: Server) => createMeasure(lab, server, options);
  return compare({ subject: toMeasure(servers.subject), reference: toMeasure(servers.reference) }, options);
};

/** Starts the platform and the raw server, on the same database. */
export const startRawPair = async (lab: Lab): Promise<Pair<Server>> => {
  const subject = await lab.startPlatformServer({ name: 'platform' });
  const reference = await lab.startRawServer(subject);
  await assertSameWork(subject, reference);
  return { subject, reference };
};

/** Compares the platform with the raw server. */
export const runRaw = async (lab: Lab, options: CompareOptions): Promise<Row[]> =>
  compareServers(lab, await startRawPair(lab), options);

/** Compares a platform that records a tenth of its traces with one that records none. */
export const runTracing = async (lab: Lab, options: ModeOptions): Promise<Row[]> => {
  const collector = await openOtlpReceiver();
  const sampling = { OTEL_TRACING: 'true', OTEL_TRACES_SAMPLER_ARG: '0.1' };
  const settings = { ...sampling, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  try {
    const subject = await lab.startPlatformServer({ name: 'traced', settings });
    const reference = await lab.startPlatformServer({ name: 'untraced' });
    return await compareServers(lab, { subject, reference }, options);
  } finally {
    await collector.close();
  }
};

/** The number of requests that the platform serves concurrently. */
const peakClients = 256;

/** Compares an overloaded platform with the same platform at its peak. */
export const runOverload = async (lab: Lab, options: ModeOptions): Promise<Row[]> => {
  const server = await lab.startPlatformServer({ name: 'platform' });
  const subject = createMeasure(lab, server, { ...options, traffic: 'overload' });
  return compare({ subject, reference: ({ kind }) => subject({ kind, load: peakClients }) }, options);
};
