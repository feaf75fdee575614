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

/** Must be reachable only from the network of the operators. With port 0 the system chooses one. */
export type MetricsAddress = { readonly host: string; readonly port: number };

const path = '/metrics';

type Response = Exposition & { readonly status: number };

const createTextResponse = (status: number, body: string): Response => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});

const createResponse = async ({ method, url, headers }: IncomingMessage, { registry }: Metrics): Promise<Response> => {
  if (url?.split('?', 1)[0] !== path) return createTextResponse(404, `This port serves ${path} only.\n`);
  if (method !== 'GET') return createTextResponse(405, `${path} supports GET only.\n`);
  return { status: 200, ...(await expose(registry, headers.accept)) };
};

const send = (reply: ServerResponse, { status, contentType, body }: Response): void => {
  reply.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
};

const toUrl = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${path}`;

/**
 * Serves the metrics of the service and its process on a separate address, because clients must not see them. Call it at
 * most once per `Metrics`.
 * @throws the system error when the address cannot be bound.
 */
export const openMetricsServer = async (metrics: Metrics, { host, port }: MetricsAddress): Promise<MetricsServer> => {
  addProcessMetrics(metrics);
  const server = createServer({ requestTimeout: 5000, headersTimeout: 5000 }, (request, reply) => {
    createResponse(request, metrics).then(
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
