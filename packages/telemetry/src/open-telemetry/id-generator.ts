import type { IdGenerator } from '@opentelemetry/sdk-trace';

export type TraceIdGenerator = IdGenerator & {
  /** Uses `traceId` for spans without a parent that `start` starts. */
  useTraceId<T>(traceId: string, start: () => T): T;
};

/** Creates a generator of random ids, with `useTraceId` to start a trace with the id of its request. */
export const createIdGenerator = (random: IdGenerator): TraceIdGenerator => {
  let nextTraceId: string | undefined;
  return {
    generateSpanId: () => random.generateSpanId(),
    generateTraceId: () => nextTraceId ?? random.generateTraceId(),
    useTraceId: (traceId, start) => {
      nextTraceId = traceId;
      try {
        return start();
      } finally {
        nextTraceId = undefined;
      }
    },
  };
};
