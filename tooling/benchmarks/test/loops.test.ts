import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Exchange } from '../src/requests.ts';
import { runArrivals, runClosedLoop } from '../src/traffic.ts';

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const echo: RequestListener = (request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
  request.on('end', () => response.writeHead(request.headers['x-tenant-id'] ? 200 : 400).end(body + request.url));
};

/** Numbers its requests, and expects the number in the response. */
const createNumbered = () => {
  let sent = 0;
  return (): Exchange => {
    sent += 1;
    const method = sent % 2 === 0 ? 'GET' : 'POST';
    return { method, path: `/${sent}`, ...(method === 'POST' && { body: 'x' }), status: 200, bodyPart: `/${sent}` };
  };
};

const headers = { 'x-tenant-id': 'a' };
const loop = { headers, warmUpSeconds: 0.1 };

describe('a closed loop', () => {
  it('sends requests until its duration has passed, and counts the responses', async () => {
    const url = await serve(echo);
    const nextExchange = createNumbered();
    const { completed, rejected } = await runClosedLoop({ ...loop, url, nextExchange, connections: 4, seconds: 0.3 });
    expect(completed).toBeGreaterThan(8);
    expect(rejected).toBe(0);
  });

  it('repeats requests that may be sent again', async () => {
    let created = 0;
    const url = await serve(echo);
    const nextExchange = (): Exchange => {
      created += 1;
      return { method: 'GET', path: `/${created}`, status: 200, bodyPart: `/${created}` };
    };
    const options = { ...loop, url, nextExchange, connections: 2, seconds: 0.3, isRepeatable: true };
    const { completed } = await runClosedLoop(options);
    expect(created).toBe(40);
    expect(completed).toBeGreaterThan(40);
  });

  it('ends with the first response that is not the expected one', async () => {
    const url = await serve((_, response) => response.end('nothing'));
    const options = { ...loop, url, nextExchange: createNumbered(), connections: 2, seconds: 30 };
    await expect(runClosedLoop(options)).rejects.toThrow('returned 200 and an unexpected body: nothing');
  });

  it('ends when a connection fails', async () => {
    const url = await serve((request) => request.socket.destroy());
    const closedUrl = url.replace(/\d+$/, '1');
    const options = { ...loop, url: closedUrl, nextExchange: createNumbered(), connections: 1, seconds: 30 };
    await expect(runClosedLoop(options)).rejects.toThrow('ECONNREFUSED');
  });

  it('counts rejections where they are allowed', async () => {
    const url = await serve((_, response) => response.writeHead(503).end());
    const options = { ...loop, url, nextExchange: createNumbered(), connections: 2, seconds: 0.3 };
    expect(await runClosedLoop({ ...options, mayReject: true })).toMatchObject({
      completed: 0,
      rejected: expect.any(Number),
    });
    await expect(runClosedLoop(options)).rejects.toThrow('returned 503');
  });
});

describe('arrivals', () => {
  it('come at their rate, however slow the responses are, and a latency counts from its arrival', async () => {
    const delayMs = 100;
    const url = await serve((request, response) => void setTimeout(() => echo(request, response), delayMs));
    const { completed, p50Ms, p99Ms } = await runArrivals({
      url,
      headers,
      nextExchange: createNumbered(),
      perSecond: 400,
      seconds: 0.5,
    });
    // Six standard deviations of a Poisson process.
    expect(Math.abs(completed - 200)).toBeLessThan(6 * Math.sqrt(200));
    expect(p50Ms).toBeGreaterThan(delayMs - 2);
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
  });

  it('end with an error when a response is not the expected one', async () => {
    const url = await serve((_, response) => response.writeHead(500).end('broken'));
    const options = { url, headers, nextExchange: createNumbered(), perSecond: 100, seconds: 0.5 };
    await expect(runArrivals(options)).rejects.toThrow('returned 500 and an unexpected body: broken');
  });
});
