import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

/** Responds to one request. */
export type Step = (response: ServerResponse, request: Received) => void;

export const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Step =>
  (response) => {
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
  };

export const problem = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Step =>
  json(
    status,
    { type: `/errors/common/${code}`, title: code, status, code, fix: 'Correct it.', requestId: 'r' },
    headers,
  );

/** Ends the connection without a response. */
export const drop: Step = (response) => response.destroy();

/** Ends the connection in the middle of the response. */
export const dropBody =
  (text: string): Step =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write(text, () => response.destroy());
  };

/** Never responds. */
export const hang: Step = () => undefined;

/** Opens a server that responds to each request by the next step, and by the last one when no more are left. */
export const openFlakyServer = async () => {
  const received: Received[] = [];
  let steps: readonly Step[] = [];
  const respond = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
    const step = steps[Math.min(received.length, steps.length - 1)];
    received.push(request);
    step?.(response, request);
  };
  const server = createServer((incoming, response) => void respond(incoming, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Starts a test with its steps. @returns the requests that arrive. */
    play: (...next: readonly Step[]): readonly Received[] => {
      received.length = 0;
      steps = next;
      return received;
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
