import { startOpenTelemetry } from '../open-telemetry/start-open-telemetry.ts';
import { createCallSpans } from './call-spans.ts';
import { createCommandSpans } from './command-spans.ts';
import { startMessageSpan } from './message-span.ts';
import { observeRedisCommands } from './redis-commands.ts';
import { startRequestSpan } from './request-span.ts';
import { createTraceBatch } from './trace-batch.ts';
import type { Tracing } from './tracing.ts';

/** The settings of tracing, named as in the environment. */
export type TracingSettings = {
  readonly NODE_ENV: string;
  readonly OTEL_TRACING: boolean;
  /** From 0 to 1: the part of the traces that is recorded. 0.1 in production and 1 elsewhere unless set. */
  readonly OTEL_TRACES_SAMPLER_ARG: number | undefined;
  /** The collector; a local one unless set. */
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string | undefined;
};

/** Starts to record traces where the settings say so. Otherwise loads nothing and returns undefined. */
export const startTracing = (service: string, settings: TracingSettings): Tracing | undefined => {
  if (!settings.OTEL_TRACING) return undefined;
  const otel = startOpenTelemetry({
    service,
    endpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT ?? 'http://127.0.0.1:4318',
    ratio: settings.OTEL_TRACES_SAMPLER_ARG ?? (settings.NODE_ENV === 'production' ? 0.1 : 1),
  });
  const onCommand = createCommandSpans(otel);
  const stopObserving = observeRedisCommands(onCommand);
  return {
    startRequest: (request) => startRequestSpan(request, otel),
    startMessage: (message) => startMessageSpan(message, otel),
    traceBatch: createTraceBatch(otel),
    onCommand,
    startCall: createCallSpans(otel),
    counts: otel.counts,
    stop: async () => {
      stopObserving();
      await otel.stop();
    },
  };
};
