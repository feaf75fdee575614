import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createResponses, type StripeLedger, type StripeRequest, type StripeResponse } from './responses.ts';

/**
 * How a request fails: `away` closes the connection before anything happens, `hang` never responds, `lost` does what is requested and closes
 * the connection instead of a response, `error` responds with 500 before anything happens.
 */
export type StripeFault = 'away' | 'hang' | 'lost' | 'error';

/** A server that plays the part of Stripe which charges and refunds, with its keys, so that money can be counted. */
export type StripeServer = {
  readonly url: string;
  readonly ledger: StripeLedger;
  readonly requests: readonly StripeRequest[];
  /** Called before each request. */
  onRequest: (request: StripeRequest) => StripeFault | undefined | Promise<StripeFault | undefined>;
  /** Forgets the keys of earlier requests, as Stripe does after a day. */
  forgetKeys(): void;
  close(): Promise<void>;
};

const send = (response: ServerResponse, { status, body }: StripeResponse): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': randomUUID() });
  response.end(JSON.stringify(body));
};

const failed: StripeResponse = { status: 500, body: { error: { type: 'api_error', message: 'A fault of the test.' } } };

/** Starts the server on a free port. */
export const startStripeServer = async (): Promise<StripeServer> => {
  const { respond, ledger, forgetKeys } = createResponses();
  const requests: StripeRequest[] = [];
  const handle = async (request: StripeRequest, response: ServerResponse): Promise<void> => {
    requests.push(request);
    const fault = await stripe.onRequest(request);
    if (fault === 'hang') return;
    if (fault === 'error') return send(response, failed);
    if (fault === 'away') return void response.destroy();
    const responded = respond(request);
    if (fault === 'lost') return void response.destroy();
    send(response, responded);
  };
  const server = createServer((request, response) => {
    const key = request.headers['idempotency-key'];
    void text(request).then(
      (form) => handle({ path: request.url ?? '', key: key?.toString(), form }, response),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stripe: StripeServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ledger,
    requests,
    forgetKeys,
    onRequest: () => undefined,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return stripe;
};
