import { performance } from 'node:perf_hooks';
import { collectDefaultMetrics } from 'prom-client';
import type { Metrics } from './metrics.ts';

/** Adds the metrics of the process: CPU, memory, event loop, garbage collection. */
export const addProcessMetrics = ({ registry, total }: Metrics): void => {
  collectDefaultMetrics({ register: registry });
  // Totals instead of a utilization, so that two readers do not disturb each other.
  total({
    name: 'nodejs_eventloop_active_seconds_total',
    help: 'Seconds in which the event loop was busy; their rate is its utilization.',
    read: () => performance.eventLoopUtilization().active / 1000,
  });
  total({
    name: 'nodejs_eventloop_idle_seconds_total',
    help: 'Seconds in which the event loop was idle.',
    read: () => performance.eventLoopUtilization().idle / 1000,
  });
};
