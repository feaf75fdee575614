import { type PlatformsParts, withPlatforms } from './platforms.ts';
import { conditionsOf, digits, nameOf, type Section, tableOf } from './report.ts';
import { startCollector } from './servers.ts';
import type { Row } from './summary.ts';

const cellsOf = ({ kind, load, perCore, platform, raw }: Row): string[] => [
  nameOf[kind],
  'connections' in load ? String(load.connections) : '–',
  digits(perCore.median, 2),
  `${digits(perCore.min, 2)}–${digits(perCore.max, 2)}`,
  `${digits(platform.serverMicros, 0)} / ${digits(raw.serverMicros, 0)}`,
];

/** Runs a platform that records every trace and sends it to a collector beside one that records none. */
export const tracing = async (parts: PlatformsParts): Promise<Section> => {
  const { url } = await startCollector(parts.processes);
  const settings = { OTEL_TRACING: 'true', OTEL_TRACES_SAMPLER_ARG: '1', OTEL_EXPORTER_OTLP_ENDPOINT: url };
  return withPlatforms(parts, { after: { settings }, before: {} }, async ({ rowsOf, conditions }) => {
    const rows = await rowsOf([...parts.options.reads, ...parts.options.writes]);
    const head = ['request', 'connections', 'per core', 'lowest–highest', 'server CPU µs'];
    const table = tableOf([head, ...rows.map(cellsOf)]);
    return { name: 'tracing', figures: `${table}\n\n${conditionsOf('tracing', conditions)}` };
  });
};
