import { amountOf } from './kinds.ts';
import { type PlatformsParts, withPlatforms } from './platforms.ts';
import { both, type Conditions, conditionsOf, digits, getRange, nameOf, type Section, tableOf } from './report.ts';
import { startCollector } from './servers.ts';
import type { Row } from './summary.ts';

/** The parts of the traces that are recorded. */
const samplings = [1, 0.1];

type Sampled = { readonly rows: readonly Row[]; readonly conditions: Conditions };

/** Runs a platform that records a part of its traces and sends it to a collector beside one that records none. */
const sampled = async (parts: PlatformsParts, sampling: number): Promise<Sampled> => {
  parts.log(`Of the traces ${sampling * 100} % are recorded.`);
  const { url } = await startCollector(parts.processes);
  const settings = {
    OTEL_TRACING: 'true',
    OTEL_TRACES_SAMPLER_ARG: String(sampling),
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
  };
  return withPlatforms(parts, { after: { settings }, before: {} }, async ({ rowsOf, conditions }) => ({
    rows: await rowsOf([...parts.options.reads, ...parts.options.writes]),
    conditions,
  }));
};

const cellsOf = (row: Row, sampling: number): string[] => [
  nameOf[row.kind],
  String(amountOf(row.load)),
  `${sampling * 100} %`,
  digits(row.perCore.median, 2),
  getRange(row),
  both(row, ({ serverMicros }) => digits(serverMicros, 0)),
];

/** Measures what traces cost: all of them, and a tenth. */
export const tracing = async (parts: PlatformsParts): Promise<Section> => {
  const table = [['request', 'connections', 'recorded', 'per core', 'lowest–highest', 'server CPU µs']];
  let measured: Conditions | undefined;
  for (const sampling of samplings) {
    const { rows, conditions } = await sampled(parts, sampling);
    table.push(...rows.map((row) => cellsOf(row, sampling)));
    measured = conditions;
  }
  const how = measured ? conditionsOf('tracing', measured) : '';
  return { name: 'tracing', figures: `${tableOf(table)}\n\n${how}` };
};
