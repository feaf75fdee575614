import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createManualClock, createPrincipal } from '@plinth/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { useListeningHost } from './listening-host.ts';

const clock = createManualClock();
const windowMs = 1500;
const longResponses = { max: 3, perUserMax: 2, bytesPerSecondMin: 4096, windowMs: 60_000 };
const host = useListeningHost({ longResponses, clock });
/** Cuts slow clients early. */
const strictHost = useListeningHost({ longResponses: { ...longResponses, windowMs } });

const openStream = async (authorization: string, { url: base } = host): Promise<IncomingMessage> => {
  const url = `${base}/v1/thing-stream?endless=true`;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { authorization } }, resolve).on('error', reject);
  });
  // A cut connection is what the tests expect.
  response.on('error', () => undefined);
  onTestFinished(() => void response.destroy());
  return response;
};

const createAuthorization = async (): Promise<string> => `Bearer ${await host.current.signToken(createPrincipal())}`;

const readProblem = async (response: IncomingMessage) => {
  const { code } = JSON.parse(await text(response)) as { code: string };
  return [response.statusCode, code, response.headers['retry-after']];
};

const getEvents = () => strictHost.current.lines.records().map(({ event }) => event);

it('a user receives two streams at a time, and a process sends three', async () => {
  const [user, other] = [await createAuthorization(), await createAuthorization()];
  const first = await openStream(user);
  await openStream(user);
  expect(await readProblem(await openStream(user))).toEqual([429, 'rate-limited', '10']);
  expect((await openStream(other)).statusCode).toBe(200);
  expect(await readProblem(await openStream(await createAuthorization()))).toEqual([
    503,
    'unavailable',
    expect.any(String),
  ]);
  first.destroy();
  await vi.waitFor(async () => expect((await openStream(user)).statusCode).toBe(200), 5000);
});

it('a client that reads nothing is cut, and one that reads is not', async () => {
  const { authorization } = strictHost;
  const [stalled, read] = [await openStream(authorization, strictHost), await openStream(authorization, strictHost)];
  const closed: string[] = [];
  stalled.once('close', () => closed.push('stalled'));
  read.once('close', () => closed.push('read'));
  const until = performance.now() + 2 * windowMs;
  const reading = (async () => {
    for await (const _ of read) {
      if (performance.now() > until) return;
      await sleep(5);
    }
  })();
  await vi.waitFor(() => expect(getEvents()).toContain('slow-reader-cut'), 4 * windowMs);
  await reading;
  expect(closed).not.toEqual(['read', 'stalled']);
  expect(getEvents().filter((event) => event === 'slow-reader-cut')).toHaveLength(1);
}, 20_000);

it('integrity: a stream ends in the middle when its token has expired', async () => {
  const stream = await openStream(await createAuthorization());
  stream.once('data', () => clock.advance(15 * 60_000));
  stream.resume();
  await vi.waitFor(() => expect(stream.destroyed || stream.readableAborted).toBe(true), 5000);
  expect(stream.complete).toBe(false);
  expect(host.current.lines.records()).toContainEqual(
    expect.objectContaining({ event: 'stream-ended', code: 'token-expired' }),
  );
});
