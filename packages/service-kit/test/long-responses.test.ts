import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { createManualClock, createPrincipal } from '@plinth/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { useListeningHost } from './listening-host.ts';

const clock = createManualClock();
const host = useListeningHost({ longResponses: { max: 3, perUserMax: 2 }, clock });

const wideHost = useListeningHost({ longResponses: { max: 4, perUserMax: 4 } });

const openStream = async (authorization: string, { url: baseUrl } = host): Promise<IncomingMessage> => {
  const url = `${baseUrl}/v1/thing-stream?endless=true`;
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
  await vi.waitFor(async () => expect((await openStream(user)).statusCode).toBe(200), 15_000);
});

it('an organization gets three quarters of the streams of a process, so that others have some', async () => {
  const { current, authorization } = wideHost;
  for (let count = 0; count < 3; count += 1) expect((await openStream(authorization, wideHost)).statusCode).toBe(200);
  expect((await openStream(authorization, wideHost)).statusCode).toBe(503);
  const other = `Bearer ${await current.signToken(createPrincipal())}`;
  expect((await openStream(other, wideHost)).statusCode).toBe(200);
});

it('integrity: a stream ends in the middle when its token has expired', async () => {
  const stream = await openStream(await createAuthorization());
  stream.once('data', () => clock.advance(15 * 60_000));
  stream.resume();
  await vi.waitFor(() => expect(stream.destroyed || stream.readableAborted).toBe(true), 15_000);
  expect(stream.complete).toBe(false);
  expect(host.current.lines.records()).toContainEqual(
    expect.objectContaining({ event: 'stream-ended', code: 'token-expired' }),
  );
});
