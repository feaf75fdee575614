import type { Attributes, HrTime, SpanContext, SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Where a span belongs: below another one, or at the head of a trace. */
type Place = { readonly above: SpanContext } | { readonly traceId: string };

type SpanStart = { readonly kind: SpanKind; readonly attributes: Attributes } & Place;

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

const sampled = 1;
const unset = 0;
const error = 2;
const nanosOfMs = 1_000_000;

const hrTimeOf = (ms: number): HrTime => {
  const seconds = Math.trunc(ms / 1000);
  return [seconds, Math.trunc((ms - seconds * 1000) * nanosOfMs)];
};

type Constant = 'ended' | 'events' | 'instrumentationScope' | `dropped${'Attributes' | 'Events' | 'Links'}Count`;

const constant: Pick<ReadableSpan, Constant> = {
  ended: true,
  events: [],
  instrumentationScope: { name: '@plinth/telemetry' },
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
};

/**
 * Makes spans as plain values, which exist from when they have ended. The SDK's can be changed by anybody until they end,
 * and cost three times as much for it; what is sent is the same.
 */
export const ownSpansOf =
  ({ resource, newSpanId, take }: Parts) =>
  (name: string, { kind, attributes, ...place }: SpanStart): OwnSpan => {
    const above = 'above' in place ? place.above : undefined;
    const traceId = 'above' in place ? place.above.traceId : place.traceId;
    const context: SpanContext = { traceId, spanId: newSpanId(), traceFlags: sampled };
    const startedAt = Date.now();
    const started = performance.now();
    return {
      context,
      end: ({ attributes: later, isError = false, links = [] } = {}) => {
        const durationMs = performance.now() - started;
        take({
          ...constant,
          name,
          kind,
          spanContext: () => context,
          ...(above && { parentSpanContext: above }),
          startTime: hrTimeOf(startedAt),
          endTime: hrTimeOf(startedAt + durationMs),
          duration: hrTimeOf(durationMs),
          status: { code: isError ? error : unset },
          attributes: later ? { ...attributes, ...later } : attributes,
          links: links.map((linked) => ({ context: linked })),
          resource,
        });
      },
    };
  };
