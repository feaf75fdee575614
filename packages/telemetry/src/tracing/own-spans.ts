import type { SpanContext, SpanKind } from '@opentelemetry/api';
import type { Attributes, EndedSpan } from './span-writer.ts';

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
  readonly newSpanId: () => string;
  /** Takes a span that has ended. */
  readonly take: (span: EndedSpan) => void;
};

/** The flags of a span that is recorded. */
export const sampled = 1;

const noLinks: readonly SpanContext[] = [];

/** Makes spans that nobody can change while they last. The SDK's can be, and cost three times as much for it. */
export const ownSpansOf =
  ({ newSpanId, take }: Parts) =>
  (name: string, { kind, attributes, traceId, above }: SpanStart): OwnSpan => {
    const context: SpanContext = { traceId, spanId: newSpanId(), traceFlags: sampled };
    const startMs = Date.now();
    const started = performance.now();
    return {
      context,
      end: ({ attributes: later, isError = false, links = noLinks } = {}) =>
        take({
          name,
          kind,
          context,
          above,
          startMs,
          endMs: startMs + performance.now() - started,
          attributes: later ? { ...attributes, ...later } : attributes,
          isError,
          links,
        }),
    };
  };
