import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenSigner, generateSigningKey, type PrivateJwk, toPublicJwk } from '@plinth/auth';
import { systemClock } from '@plinth/service-kit';
import { createPrincipal } from '@plinth/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningPlatform, startPlatform } from './reliability/support/running-platform.ts';

const [before, after] = [await generateSigningKey(), await generateSigningKey()];
const owner = createPrincipal({ roles: ['owner'] });

const sign = (key: PrivateJwk): Promise<string> =>
  createTokenSigner({ key, clock: systemClock, issuer: 'plinth', audience: 'plinth-api' }).sign(owner);

let folder: string;
let file: string;
let platform: RunningPlatform;

/** Replaces the file atomically, as Kubernetes does. */
const write = async (text: string): Promise<void> => {
  await writeFile(`${file}.next`, text);
  await rename(`${file}.next`, file);
};
const writeKeys = (...keys: readonly PrivateJwk[]) => write(JSON.stringify({ keys: keys.map(toPublicJwk) }));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-keys-'));
  file = join(folder, 'jwks.json');
  await writeKeys(before);
  platform = await startPlatform({ AUTH_JWKS: '', AUTH_JWKS_FILE: file });
  // It stores the user.
  await platform.createToken(owner);
});

afterAll(async () => {
  await platform?.close();
  await rm(folder, { recursive: true, force: true });
});

const getStatus = async (token: string): Promise<number> => {
  const response = await fetch(`${platform.url}/v1/users`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.status;
};

/** Sends requests with a token, eight at a time, until the returned function is called. It returns their statuses. */
const sendUntilStopped = (token: string) => {
  const statuses: number[] = [];
  let isStopped = false;
  const send = async (): Promise<void> => {
    while (!isStopped) statuses.push(await getStatus(token));
  };
  const senders = Array.from({ length: 8 }, send);
  return async (): Promise<number[]> => {
    isStopped = true;
    await Promise.all(senders);
    return statuses;
  };
};

const findEvents = (event: string): unknown[] =>
  platform
    .stdout()
    .split('\n')
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line): unknown => JSON.parse(line));

it('a running process accepts a new key and refuses the old one, without a failed request', async () => {
  const [old, fresh] = [await sign(before), await sign(after)];
  expect([await getStatus(old), await getStatus(fresh)]).toEqual([200, 401]);

  const stopOld = sendUntilStopped(old);
  await writeKeys(before, after);
  await expect.poll(() => getStatus(fresh), { timeout: 30_000 }).toBe(200);
  const whileBoth = await stopOld();
  expect(whileBoth.length).toBeGreaterThan(8);
  expect(new Set(whileBoth)).toEqual(new Set([200]));

  const [stopFresh, stopRetired] = [sendUntilStopped(fresh), sendUntilStopped(old)];
  await writeKeys(after);
  await expect.poll(() => getStatus(old), { timeout: 30_000 }).toBe(401);
  expect(new Set(await stopFresh())).toEqual(new Set([200]));
  const retired = await stopRetired();
  expect(new Set(retired)).toEqual(new Set([200, 401]));
  // Each of the other seven senders may have had one request in flight, which ends as it began.
  const acceptedLater = retired.slice(retired.indexOf(401)).filter((status) => status === 200);
  expect(acceptedLater.length).toBeLessThan(8);

  expect(platform.isRunning()).toBe(true);
  await expect.poll(() => findEvents('key-added')).toMatchObject([{ stream: 'security', kid: after.kid }]);
  await expect.poll(() => findEvents('key-retired')).toMatchObject([{ stream: 'security', kid: before.kid }]);
});

it('a file that cannot be used changes no key, and is named in the log', async () => {
  await write('{"keys":[]}');
  const line = { level: 'error', setting: 'AUTH_JWKS', problem: 'is not valid' };
  await expect.poll(() => findEvents('keys-not-replaced'), { timeout: 30_000 }).toMatchObject([line]);
  expect(await getStatus(await sign(after))).toBe(200);
});
