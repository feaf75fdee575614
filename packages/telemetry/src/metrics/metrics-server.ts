import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartupError } from '@plinth/data-kit';
import { createExposition, type Exposition } from './exposition.ts';
import type { Metrics } from './metrics.ts';

export type MetricsServer = {
  /** Where Prometheus reads, with the path. */
  readonly url: string;
  close(): Promise<void>;
};

/** Where the metrics are served: an address that only the operators' network reaches. */
export type MetricsAddress = { readonly host: string /** 0 lets the system choose. */; readonly port: number };

const path = '/metrics';

type Answer = { readonly status: number; readonly contentType: string; readonly body: string };

const plain = (status: number, body: string): Answer => ({ status, contentType: 'text/plain; charset=utf-8', body });

const answerTo = async ({ method, url, headers }: IncomingMessage, show: Exposition): Promise<Answer> => {
  if (url?.split('?', 1)[0] !== path) return plain(404, `There is nothing here but ${path}.\n`);
  if (method !== 'GET') return plain(405, `${path} is read by GET.\n`);
  return { status: 200, ...(await show(headers.accept)) };
};

const send = (response: ServerResponse, { status, contentType, body }: Answer): void => {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
};

const urlOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${path}`;

/**
 * Serves the metrics on an address of their own, and nothing else: they say more of a service than its callers may know.
 * @throws `StartupError` when the port is taken.
 */
export const openMetricsServer = async (metrics: Metrics, { host, port }: MetricsAddress): Promise<MetricsServer> => {
  const show = await createExposition(metrics);
  const server = createServer({ requestTimeout: 5000, headersTimeout: 5000 }, (request, response) => {
    answerTo(request, show).then(
      (answer) => send(response, answer),
      () => send(response, plain(500, 'The metrics could not be read.\n')),
    );
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new StartupError(
      `Port ${port} of ${host} is taken. Set METRICS_PORT to another, or end what listens there.`,
      { cause },
    );
  }
  return {
    url: urlOf(server.address() as AddressInfo),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
