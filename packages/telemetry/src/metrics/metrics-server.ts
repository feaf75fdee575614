import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Exposition, expose } from './exposition.ts';
import type { Metrics } from './metrics.ts';
import { addProcessMetrics } from './process-metrics.ts';

export type MetricsServer = {
  /** The URL that Prometheus scrapes. */
  readonly url: string;
  close(): Promise<void>;
};

export type MetricsServerOptions = {
  readonly metrics: Metrics;
  /** Must be reachable only from the network of the operators. With port 0 the system chooses one. */
  readonly address: { readonly host: string; readonly port: number };
  /** Decides the response of `/health/ready`. */
  readonly checkReadiness: () => Promise<{ readonly isReady: boolean; readonly body: object }>;
};

const metricsPath = '/metrics';

type Response = Exposition & { readonly status: number };

const createTextResponse = (status: number, body: string): Response => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});

const createJsonResponse = (status: number, body: object): Response => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(body),
});

const createResponse = async (
  { method, url, headers }: IncomingMessage,
  { metrics, checkReadiness }: MetricsServerOptions,
): Promise<Response> => {
  const path = url?.split('?', 1)[0] ?? '';
  if (![metricsPath, '/health/live', '/health/ready'].includes(path)) {
    return createTextResponse(404, `This port serves ${metricsPath}, /health/live and /health/ready only.\n`);
  }
  if (method !== 'GET') return createTextResponse(405, `${path} supports GET only.\n`);
  if (path === metricsPath) return { status: 200, ...(await expose(metrics.registry, headers.accept)) };
  if (path === '/health/live') return createJsonResponse(200, { status: 'live' });
  const { isReady, body } = await checkReadiness();
  return createJsonResponse(isReady ? 200 : 503, body);
};

const send = (reply: ServerResponse, { status, contentType, body }: Response): void => {
  reply.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
};

const toUrl = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${metricsPath}`;

/**
 * Serves the metrics of the service and its process, and its probes, on a separate address, because clients must not see
 * them. Call it at most once per `Metrics`.
 * @throws the system error when the address cannot be bound.
 */
export const openMetricsServer = async (options: MetricsServerOptions): Promise<MetricsServer> => {
  const { host, port } = options.address;
  addProcessMetrics(options.metrics);
  const server = createServer({ requestTimeout: 5000, headersTimeout: 5000 }, (request, reply) => {
    createResponse(request, options).then(
      (response) => send(reply, response),
      () => send(reply, createTextResponse(500, 'The metrics could not be read.\n')),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: toUrl(server.address() as AddressInfo),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
