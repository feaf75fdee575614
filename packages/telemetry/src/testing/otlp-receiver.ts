import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { type Attribute, decodeOtlp, type SentSpan } from './otlp.ts';

/** A span as a collector sees it. */
export type ReceivedSpan = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentSpanId: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 0 unset, 2 an error. */
  readonly status: number;
  /** The spans that it is linked to. */
  readonly links: readonly string[];
  /** In milliseconds since 1970, to the microsecond. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** What it comes from. */
  readonly service: unknown;
};

export type OtlpRequest = { readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** A collector of traces for tests: what is sent to it by OTLP over HTTP, in protobuf, it keeps. */
export type OtlpReceiver = {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  /** What each request was, its body as it was before it was compressed. */
  requests(): readonly OtlpRequest[];
  /** In the order in which they ended. */
  spans(): readonly ReceivedSpan[];
  /** Everything that was sent, as it was sent. */
  text(): string;
  close(): Promise<void>;
};

const hexOf = (id: string): string => Buffer.from(id, 'base64').toString('hex');

/** Whole numbers travel as texts, because they may be longer than a number of JavaScript is exact. */
const plain = ({ value }: Attribute): unknown => {
  const [[type, told] = []] = Object.entries(value);
  return type === 'intValue' ? Number(told) : told;
};

const toObject = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map((attribute) => [attribute.key, plain(attribute)]));

// As a number, so many nanoseconds would not be exact.
const millisOf = (nanos: string): number => Number(BigInt(nanos) / 1000n) / 1000;

const received = (span: SentSpan, service: unknown): ReceivedSpan => ({
  name: span.name,
  traceId: hexOf(span.traceId),
  spanId: hexOf(span.spanId),
  parentSpanId: hexOf(span.parentSpanId),
  kind: span.kind,
  attributes: toObject(span.attributes),
  status: span.status?.code ?? 0,
  links: span.links.map(({ spanId }) => hexOf(spanId)),
  startedAt: millisOf(span.startTimeUnixNano),
  endedAt: millisOf(span.endTimeUnixNano),
  service,
});

const spansOf = (body: Buffer): ReceivedSpan[] =>
  decodeOtlp(body).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const { 'service.name': service } = toObject(resource.attributes);
    // A batch is written from its end, so the last span is the first.
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => received(span, service)).reverse());
  });

/** Opens a collector on a port of its own. It answers with `status`, 200 unless another is given. */
export const openOtlpReceiver = async (status = 200): Promise<OtlpReceiver> => {
  const requests: OtlpRequest[] = [];
  const keep = async (request: IncomingMessage): Promise<void> => {
    const { url, headers } = request;
    const sent = await buffer(request);
    const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    if (url === '/v1/traces') requests.push({ headers, body });
  };
  const server = createServer((request, response) => {
    keep(request).then(
      () => response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end(),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    spans: () => requests.flatMap(({ body }) => spansOf(body)),
    text: () => requests.map(({ body }) => body.toString()).join('\n'),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
