import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { type Attribute, decodeOtlp, type SentSpan } from './otlp.ts';

/** A span that the collector has received. */
export type ReceivedSpan = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 0 unset, 2 an error. */
  readonly status: number;
  /** The ids of linked spans. */
  readonly links: readonly string[];
  /** Milliseconds since 1970, with a precision of microseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** The `service.name` of its resource. */
  readonly service: unknown;
};

export type OtlpRequest = { readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** A trace collector for tests, which keeps what it receives by OTLP over HTTP in protobuf. */
export type OtlpReceiver = {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  /** The requests, with their decompressed bodies. */
  requests(): readonly OtlpRequest[];
  /** In the order in which they ended. */
  spans(): readonly ReceivedSpan[];
  /** The bodies of all requests. */
  text(): string;
  close(): Promise<void>;
};

const toHex = (id: string): string => Buffer.from(id, 'base64').toString('hex');

/** Integers are decoded as text, because they may exceed the exact range of a JavaScript number. */
const toValue = ({ value }: Attribute): unknown => {
  const [[type, content] = []] = Object.entries(value);
  return type === 'intValue' ? Number(content) : content;
};

const toObject = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map((attribute) => [attribute.key, toValue(attribute)]));

// Nanoseconds since 1970 exceed the exact range of a JavaScript number.
const toMillis = (nanos: string): number => Number(BigInt(nanos) / 1000n) / 1000;

const toReceivedSpan = (span: SentSpan, service: unknown): ReceivedSpan => ({
  name: span.name,
  traceId: toHex(span.traceId),
  spanId: toHex(span.spanId),
  parentSpanId: toHex(span.parentSpanId),
  kind: span.kind,
  attributes: toObject(span.attributes),
  status: span.status?.code ?? 0,
  links: span.links.map(({ spanId }) => toHex(spanId)),
  startedAt: toMillis(span.startTimeUnixNano),
  endedAt: toMillis(span.endTimeUnixNano),
  service,
});

const decodeSpans = (body: Buffer): ReceivedSpan[] =>
  decodeOtlp(body).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const { 'service.name': service } = toObject(resource.attributes);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => toReceivedSpan(span, service)));
  });

/** Starts a collector on a free port. It responds with `status`. */
export const openOtlpReceiver = async (status = 200): Promise<OtlpReceiver> => {
  const requests: OtlpRequest[] = [];
  const receive = async (request: IncomingMessage): Promise<void> => {
    const { url, headers } = request;
    const received = await buffer(request);
    const body = headers['content-encoding'] === 'gzip' ? gunzipSync(received) : received;
    if (url === '/v1/traces') requests.push({ headers, body });
  };
  const server = createServer((request, response) => {
    receive(request).then(
      () => response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end(),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    spans: () => requests.flatMap(({ body }) => decodeSpans(body)),
    text: () => requests.map(({ body }) => body.toString()).join('\n'),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
