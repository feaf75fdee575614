import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

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
};

/** A collector of traces for tests: what is sent to it by OTLP over HTTP in JSON, it keeps. */
export type OtlpReceiver = {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  spans(): readonly ReceivedSpan[];
  /** Everything that was sent, as it was sent. */
  text(): string;
  close(): Promise<void>;
};

type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
type SentSpan = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly attributes?: readonly Attribute[];
  readonly status?: { readonly code?: number };
  readonly links?: readonly { readonly spanId: string }[];
};
type Sent = {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[] }[];
};

const received = (span: SentSpan): ReceivedSpan => ({
  name: span.name,
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId ?? '',
  kind: span.kind,
  attributes: Object.fromEntries((span.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]])),
  status: span.status?.code ?? 0,
  links: (span.links ?? []).map(({ spanId }) => spanId),
});

const spansOf = (body: string): ReceivedSpan[] =>
  (JSON.parse(body) as Sent).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(received)),
  );

/** Opens a collector on a port of its own. It answers with `status`, 200 unless another is given. */
export const openOtlpReceiver = async (status = 200): Promise<OtlpReceiver> => {
  const bodies: string[] = [];
  const keep = async (request: IncomingMessage): Promise<void> => {
    const body = await text(request);
    if (request.url === '/v1/traces') bodies.push(body);
  };
  const server = createServer((request, response) => {
    keep(request).then(
      () => response.writeHead(status, { 'content-type': 'application/json' }).end('{}'),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => bodies.flatMap(spansOf),
    text: () => bodies.join('\n'),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
