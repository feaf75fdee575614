import type { Attributes, HrTime, SpanContext, SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

type SpanStart = {
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly traceId: string;
  /** The span that it is below; none for the first of a trace. */
  readonly above?: SpanContext | undefined;
};

/** A span that has begun. */
export type OwnSpan = {
  readonly context: SpanContext;
  /** Ends it with what is known by now; no message, which might quote what is stored. */
  end(outcome?: {
    readonly attributes?: Attributes;
    readonly isError?: boolean;
    readonly links?: readonly SpanContext[];
  }): void;
};

type Parts = {
  /** What all spans of this process come from. */
  readonly resource: ReadableSpan['resource'];
  readonly newSpanId: () => string;
  /** Takes a span that has ended. */
  readonly take: (span: ReadableSpan) => void;
};

/** The flags of a span that is recorded. */
export const sampled = 1;
const nanosOfMs = 1_000_000;

const hrTimeOf = (ms: number): HrTime => {
  const seconds = Math.trunc(ms / 1000);
  return [seconds, Math.trunc((ms - seconds * 1000) * nanosOfMs)];
};

const scope = { name: '@plinth/telemetry' };
const unset = { code: 0 };
const failed = { code: 2 };

/**
 * Makes spans as plain values, which exist from when they have ended. The SDK's can be changed by anybody until they end,
 * and cost three times as much for it; what is sent is the same.
 */
export const ownSpansOf =
  ({ resource, newSpanId, take }: Parts) =>
  (name: string, { kind, attributes, traceId, above }: SpanStart): OwnSpan => {
    const context: SpanContext = { traceId, spanId: newSpanId(), traceFlags: sampled };
    const startedAt = Date.now();
    const started = performance.now();
    return {
      context,
      end: ({ attributes: later, isError, links } = {}) => {
        const durationMs = performance.now() - started;
        // Field by field: to spread the constant ones would cost as much as all the rest.
        take({
          name,
          kind,
          spanContext: () => context,
          parentSpanContext: above,
          startTime: hrTimeOf(startedAt),
          endTime: hrTimeOf(startedAt + durationMs),
          duration: hrTimeOf(durationMs),
          status: isError ? failed : unset,
          attributes: later ? { ...attributes, ...later } : attributes,
          links: links?.map((linked) => ({ context: linked })) ?? [],
          events: [],
          ended: true,
          resource,
          instrumentationScope: scope,
          droppedAttributesCount: 0,
          droppedEventsCount: 0,
          droppedLinksCount: 0,
        } as ReadableSpan);
      },
    };
  };
