import type { IdGenerator } from '@opentelemetry/sdk-trace';

export type TraceIdGenerator = IdGenerator & {
  /** Spans without a parent that `start` starts belong to this trace. */
  useTraceId<T>(traceId: string, start: () => T): T;
};

/** Generates random ids, except that a trace which begins here has the id of its request. */
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
