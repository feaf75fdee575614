import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export type Received = { readonly headers: IncomingHttpHeaders; readonly body: string };
export type Respond = (response: ServerResponse, index: number) => unknown;

export const respondWith =
  (...statuses: readonly [number, ...number[]]): Respond =>
  (response, index) =>
    response.writeHead(statuses[Math.min(index, statuses.length - 1)] ?? 200).end('{}');

/** Starts a server that keeps what it receives. `respond` gets the index of the request. It ends with the test. */
export const startOtherSystem = async (respond: Respond) => {
  const system = { respond, received: [] as Received[] };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      system.received.push({ headers: request.headers, body });
      system.respond(response, system.received.length - 1);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return Object.assign(system, { url });
};
