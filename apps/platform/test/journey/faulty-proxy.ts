import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Opens a proxy to the port of an API. The request id of a request selects a fault: `hang-…` is neither forwarded nor answered,
 * the connection of `drop-…` ends immediately, and that of `lose-…` when the API has responded, at the first try.
 */
export const openFaultyProxy = async (port: number) => {
  const lost = new Set<string>();
  const respond = (incoming: IncomingMessage, response: ServerResponse): void => {
    const id = String(incoming.headers['x-request-id']);
    if (id.startsWith('hang-')) return;
    if (id.startsWith('drop-')) {
      response.destroy();
      return;
    }
    const { method, url: path, headers } = incoming;
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, (upstream) => {
      // A preflight has no request id.
      if (id.startsWith('lose-') && !lost.has(id)) {
        lost.add(id);
        upstream.resume().once('end', () => response.destroy());
        return;
      }
      response.writeHead(upstream.statusCode ?? 502, upstream.rawHeaders);
      upstream.pipe(response);
    });
    incoming.pipe(outgoing);
  };
  const server = createServer(respond).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
