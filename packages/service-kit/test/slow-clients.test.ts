import { createPrincipal, openSocket, parseProblem, sendBytes, splitResponses } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useListeningHost } from './listening-host.ts';

const host = useListeningHost();
/** Each slow test has a host of its own, so that they run at the same time. */
const busyHost = useListeningHost();

/** Sends headers and the first byte of a body, and nothing after them. */
const sendSlowBody = ({ port, authorization }: typeof host) =>
  sendBytes(port, [
    `POST /v1/things HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
  ]);

it.concurrent('slow headers, slow bodies and idle connections are cut in time, and health checks are served meanwhile', async () => {
  const slowHeaders = Array.from({ length: 36 }, () =>
    sendBytes(host.port, ['GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: ']),
  );
  const slowBodies = Array.from({ length: 36 }, () => sendSlowBody(host));
  const idle = await Promise.all(Array.from({ length: 200 }, () => openSocket(host.port)));
  const rssBefore = process.memoryUsage().rss;
  const times: number[] = [];
  const checks: Promise<unknown>[] = [];
  const watch = setInterval(() => {
    const startedAt = performance.now();
    checks.push(fetch(`${host.url}/health`).then(() => times.push(performance.now() - startedAt)));
  }, 500);
  const exchanges = await Promise.all([...slowHeaders, ...slowBodies]);
  clearInterval(watch);
  await Promise.all(checks);
  for (const socket of idle) socket.destroy();
  for (const { text, ms } of exchanges) {
    expect(ms).toBeLessThan(20_000);
    expect(splitResponses(text)).toHaveLength(1);
    expect(parseProblem(text)).toMatchObject({ status: 408, code: 'request-timeout' });
  }
  expect(times.length).toBeGreaterThan(2);
  expect(Math.max(...times)).toBeLessThan(5000);
  expect(process.memoryUsage().rss - rssBefore).toBeLessThan(200 * 1024 * 1024);
});

it.concurrent('slow bodies of one user hold no slot that another one needs, and are cut in seconds', async () => {
  const slowBodies = Promise.all(Array.from({ length: 256 }, () => sendSlowBody(busyHost)));
  const other = `Bearer ${await busyHost.current.signToken(createPrincipal())}`;
  const statuses: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    statuses.push((await fetch(`${busyHost.url}/v1/long`, { headers: { authorization: other } })).status);
  }
  expect(statuses).toEqual(Array(20).fill(200));
  for (const { text, ms } of await slowBodies) {
    expect(parseProblem(text)).toMatchObject({ status: 408, code: 'request-timeout' });
    expect(ms).toBeLessThan(15_000);
  }
});

it('boundary: a connection has at most 32 pipelined requests, and the response to the last one closes it', async () => {
  const request = 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n';
  const { text } = await sendBytes(host.port, [request.repeat(1000)]);
  const responses = splitResponses(text);
  expect(responses).toHaveLength(32);
  expect(responses.slice(0, -1).filter((response) => /^connection: close/im.test(response))).toEqual([]);
  expect(responses.at(-1)).toMatch(/^connection: close/im);
});
