import protobuf from 'protobufjs';

/** The fields of OTLP that tests read: https://github.com/open-telemetry/opentelemetry-proto, version 1. */
const protocol = `
  syntax = "proto3";
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; }
  }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message Status { int32 code = 3; }
  message Link { bytes trace_id = 1; bytes span_id = 2; fixed32 flags = 6; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; repeated Link links = 13; Status status = 15;
    fixed32 flags = 16;
  }
  message Scope { string name = 1; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
`;

const request = protobuf.parse(protocol).root.lookupType('ExportTraceServiceRequest');

export type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };

/** A span of OTLP: ids in base64, times in nanoseconds. */
export type SentSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly flags: number }[];
  readonly status: { readonly code: number } | null;
  readonly flags: number;
};

type ExportRequest = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly SentSpan[] }[];
  }[];
};

/** Decodes the body of a request to a collector. @throws when it is malformed. */
export const decodeOtlp = (body: Uint8Array): ExportRequest =>
  request.toObject(request.decode(body), {
    longs: String,
    bytes: String,
    defaults: true,
  }) as unknown as ExportRequest;
