import { performance } from 'node:perf_hooks';
import type { Metric as PromMetric, RegistryContentType } from 'prom-client';
import type { Metric } from './metric.ts';
import type { Metrics } from './metrics.ts';

/** The metrics as a text in the format that is asked for: OpenMetrics, or the older one of Prometheus. */
export type Exposition = (
  accept: string | undefined,
) => Promise<{ readonly contentType: string; readonly body: string }>;

/** What prom-client asks of a metric when it writes it out. Its own type names its classes. */
type Readable = { readonly name: string; readonly help: string; readonly type: string; get(): Promise<object> };

/** One of ours: prom-client writes it out, and nothing else. */
const ours = ({ name, help, type, read }: Metric): Readable => ({
  name,
  help,
  type,
  async get() {
    const values = read().map(({ labels, value, suffix, exemplar }) => ({
      labels,
      value,
      ...(suffix && { metricName: `${name}${suffix}` }),
      ...(exemplar && {
        exemplar: { labelSet: { trace_id: exemplar.traceId }, value: exemplar.value, timestamp: exemplar.at },
      }),
    }));
    // `this.name`: OpenMetrics knows a counter by its name without `_total`, and prom-client renames it in place.
    return { name: this.name, help, type, values };
  },
});

/** One of prom-client's, apart from itself: renamed for one format, it would be renamed in the other. */
const theirs = (metric: PromMetric): Readable => {
  const { name, help, type } = metric as unknown as Readable;
  return {
    name,
    help,
    type,
    async get() {
      return { ...(await metric.get()), name: this.name };
    },
  };
};

/** How busy the event loop is, as totals, so that two who read it do not disturb each other. */
const eventLoop = (part: 'active' | 'idle', help: Metric['help']): Metric => ({
  name: `nodejs_eventloop_${part}_seconds_total`,
  help,
  type: 'counter',
  read: () => [{ labels: {}, value: performance.eventLoopUtilization()[part] / 1000 }],
});

const ofEventLoop: readonly Metric[] = [
  eventLoop('active', 'Seconds in which the event loop was at work; their rate is its utilization.'),
  eventLoop('idle', 'Seconds in which the event loop waited for something to do.'),
];

/** Of the process and not of a host, so there is one set of them, made when somebody first asks. */
let ofProcess: Promise<readonly PromMetric[]> | undefined;

const measureProcess = async (): Promise<readonly PromMetric[]> => {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry.getMetricsAsArray() as unknown as PromMetric[];
};

/** Shows metrics, and beside them those of the process: CPU, memory, event loop, garbage collection. */
export const createExposition = async (metrics: Metrics): Promise<Exposition> => {
  const { Registry } = await import('prom-client');
  ofProcess ??= measureProcess();
  const process = await ofProcess;
  return async (accept) => {
    const registry = new Registry<RegistryContentType>();
    if (accept?.includes('application/openmetrics-text')) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const readable = [...[...metrics.all(), ...ofEventLoop].map(ours), ...process.map(theirs)];
    for (const metric of readable) registry.registerMetric(metric as unknown as PromMetric);
    return { contentType: registry.contentType, body: await registry.metrics() };
  };
};
