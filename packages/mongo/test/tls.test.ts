import { createCertificates, openTlsProxy, type TestCertificates, type TlsProxy } from '@plinth/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectMongo } from '../src/index.ts';

let certificates: TestCertificates;
let proxy: TlsProxy;

beforeAll(async () => {
  certificates = await createCertificates();
  proxy = await openTlsProxy(new URL(String(process.env['MONGODB_URI'])), certificates);
});
afterAll(() => proxy.close());

const connect = async (tls: object): Promise<void> => {
  const datastore = await connectMongo({
    MONGODB_URI: `mongodb://127.0.0.1:${proxy.port}/?directConnection=true&tls=true&serverSelectionTimeoutMS=1000`,
    MONGODB_POOL_SIZE: 2,
    MONGODB_DATABASE_PREFIX: undefined,
    CURSOR_SECRET: 'c'.repeat(32),
    ...tls,
  });
  await datastore.ping();
  await datastore.close();
};

const toSettings = ({ ca, client }: TestCertificates) => ({
  MONGODB_TLS_CA: ca,
  MONGODB_TLS_CERTIFICATE: client.certificate,
  MONGODB_TLS_KEY: client.key,
});

it('connects by TLS with an authority and a client certificate of the settings', async () => {
  await connect(toSettings(certificates));
});

it('does not connect without the authority, without a client certificate, or with another authority', async () => {
  const { MONGODB_TLS_CA, ...client } = toSettings(certificates);
  const other = await createCertificates();
  const refused = [{}, client, { MONGODB_TLS_CA }, { ...client, MONGODB_TLS_CA: other.ca }].map(connect);
  for (const { status, reason } of (await Promise.allSettled(refused)) as PromiseRejectedResult[]) {
    expect(status).toBe('rejected');
    expect(reason).toMatchObject({
      name: 'StartupError',
      message: expect.stringMatching(/^No MongoDB primary responds at .*Check MONGODB_URI, the certificates and that /),
    });
  }
}, 30_000);
