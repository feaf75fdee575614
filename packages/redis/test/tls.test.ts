import { createCertificates, openTlsProxy, type TestCertificates, type TlsProxy } from '@plinth/testing';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { connectRedis } from '../src/index.ts';
import { createMessage, open } from './queues/fixture.ts';

const redisUrl = new URL(String(process.env['REDIS_URL']));
let certificates: TestCertificates;
let proxy: TlsProxy;

beforeAll(async () => {
  certificates = await createCertificates();
  proxy = await openTlsProxy(redisUrl, certificates);
});
afterAll(() => proxy.close());

/** Resolves with true when Redis responds, and with the error of the first attempt otherwise. */
const connect = async (tls: object, url = `rediss://127.0.0.1:${proxy.port}`): Promise<unknown> => {
  const { promise: lost, resolve } = Promise.withResolvers<unknown>();
  const warn = (_: string, fields?: { err?: unknown }) => resolve(fields?.err);
  const connection = connectRedis({ REDIS_URL: url, ...tls }, { info: () => undefined, warn });
  onTestFinished(() => connection.close());
  const responds = expect
    .poll(
      () =>
        connection.check().then(
          () => true,
          () => false,
        ),
      { timeout: 5000 },
    )
    .toBe(true);
  return Promise.race([responds.then(() => true), lost]);
};

const toSettings = ({ ca, client }: TestCertificates) => ({
  REDIS_TLS_CA: ca,
  REDIS_TLS_CERTIFICATE: client.certificate,
  REDIS_TLS_KEY: client.key,
});

it('connects by TLS with an authority and a client certificate of the settings', async () => {
  expect(await connect(toSettings(certificates))).toBe(true);
});

it('does not connect without the authority, without a client certificate, or with another authority', async () => {
  const { REDIS_TLS_CA, ...client } = toSettings(certificates);
  const other = await createCertificates();
  for (const tls of [{}, client, { REDIS_TLS_CA }, { ...client, REDIS_TLS_CA: other.ca }]) {
    expect(await connect(tls)).toBeInstanceOf(Error);
  }
}, 30_000);

it('connects queues and their workers by TLS', async () => {
  const { queues } = open({ REDIS_URL: `rediss://127.0.0.1:${proxy.port}`, ...toSettings(certificates) });
  onTestFinished(() => queues.close());
  const handled: string[] = [];
  queues.work('suite', { concurrency: 1, handle: async ({ id }) => void handled.push(id) });
  await vi.waitFor(() => queues.check(), { timeout: 5000 });
  const message = createMessage();
  await queues.open('suite').add([message]);
  await expect.poll(() => handled).toEqual([message.id]);
});

it('boundary: certificates do not turn TLS on for redis://', async () => {
  expect(await connect(toSettings(certificates), redisUrl.href)).toBe(true);
});
