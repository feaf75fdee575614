import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';

type KeyPair = { readonly certificate: string; readonly key: string };

/** An authority, and the certificates that it has signed for 127.0.0.1 and for a client; all in PEM form. */
export type TestCertificates = { readonly ca: string; readonly server: KeyPair; readonly client: KeyPair };

const run = promisify(execFile);

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];

/** Creates certificates that are valid for a day. It needs `openssl` on PATH. */
export const createCertificates = async (): Promise<TestCertificates> => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-tls-'));
  const openssl = (...args: readonly string[]) => run('openssl', [...args], { cwd: folder });
  const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
  const sign = async (name: string): Promise<KeyPair> => {
    await openssl('req', '-new', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-extfile', 'extensions'];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...authority, '-out', `${name}.pem`);
    return { certificate: await read(`${name}.pem`), key: await read(`${name}.key`) };
  };
  try {
    await writeFile(join(folder, 'extensions'), 'subjectAltName=IP:127.0.0.1\n');
    const subject = ['-subj', '/CN=Test authority', '-days', '1'];
    await openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', ...subject);
    return { ca: await read('ca.pem'), server: await sign('server'), client: await sign('client') };
  } finally {
    await rm(folder, { recursive: true });
  }
};

export type TlsProxy = { readonly port: number; close(): Promise<void> };

/** Opens a TLS server on the loopback interface that requires a client certificate and forwards to the host and port of a URL. */
export const openTlsProxy = async (target: URL, { ca, server: own }: TestCertificates): Promise<TlsProxy> => {
  const sockets = new Set<TLSSocket>();
  const options = { ca, cert: own.certificate, key: own.key, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (incoming) => {
    sockets.add(incoming.on('error', () => incoming.destroy()).on('close', () => sockets.delete(incoming)));
    const outgoing = connect(Number(target.port), target.hostname);
    outgoing.on('error', () => outgoing.destroy()).on('close', () => incoming.destroy());
    incoming.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing).pipe(incoming);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
};
