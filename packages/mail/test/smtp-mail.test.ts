import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { toMailContent } from '@plinth/data-kit';
import { createCertificates, getFreePort } from '@plinth/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createSmtpMail } from '../src/index.ts';
import { startMailServer, type TestMailServer } from './smtp-server.ts';

const from = 'Plinth <no-reply@mail.example.com>';
const message = {
  ...toMailContent({ subject: 'Grüße an Zoë', paragraphs: ['Schön.'] }),
  to: 'zoe@example.com',
  key: 'event-1',
};

const servers: TestMailServer[] = [];
const start = async (options?: Parameters<typeof startMailServer>[0]): Promise<TestMailServer> => {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const open = (port: number, options: Partial<Parameters<typeof createSmtpMail>[0]> = {}) =>
  createSmtpMail({ url: `smtp://127.0.0.1:${port}`, from, requireTls: false, ...options });

describe('mail by SMTP', () => {
  it('reaches the recipient with subject, text and HTML', async () => {
    const { port, received } = await start();
    await open(port).send(message);
    expect(received).toMatchObject([{ from: 'no-reply@mail.example.com', to: ['zoe@example.com'] }]);
    const { source } = received[0]!;
    expect(source).toMatch(/^From: Plinth <no-reply@mail\.example\.com>\r$/m);
    expect(source).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(source).toContain('Content-Type: text/plain; charset=utf-8');
    expect(source).toContain('Content-Type: text/html; charset=utf-8');
    expect(source).toContain('Sch=C3=B6n.');
  });

  it('has the same Message-ID when it is sent again, and another one for another key', async () => {
    const { port, received } = await start();
    const mail = open(port);
    await mail.send(message);
    await mail.send(message);
    await mail.send({ ...message, key: 'event-2' });
    const ids = received.map(({ source }) => /^Message-ID: (<[0-9a-f]{32}@mail\.example\.com>)\r$/m.exec(source)?.[1]);
    expect(ids[0]).toBeDefined();
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('sends the credentials of its URL', async () => {
    const seen: unknown[] = [];
    const { port } = await start({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, callback) => {
        seen.push([username, password]);
        callback(null, { user: username ?? '' });
      },
    });
    await open(port, { url: `smtp://user%40host:p%2Fw@127.0.0.1:${port}` }).send(message);
    expect(seen).toEqual([['user@host', 'p/w']]);
  });
});

describe('TLS', () => {
  it('is required where a setting says so: a server without it gets nothing', async () => {
    const { port, received } = await start();
    await expect(open(port, { requireTls: true }).send(message)).rejects.toThrow(/did not accept the message: ETLS/);
    expect(received).toEqual([]);
  });

  it.each([
    ['smtps', true],
    ['smtp', false],
  ] as const)('with an unknown certificate is refused by %s://', async (protocol, secure) => {
    const { server } = await createCertificates();
    const { port, received } = await start({
      secure,
      key: server.key,
      cert: server.certificate,
      disabledCommands: ['AUTH'],
    });
    const mail = open(port, { url: `${protocol}://127.0.0.1:${port}`, requireTls: true });
    await expect(mail.send(message)).rejects.toThrow(/^The mail server did not accept the message: E/);
    expect(received).toEqual([]);
  });
});

describe('a message that is not sent', () => {
  const refusal = (text: string) => Object.assign(new Error(text), { responseCode: 550 });

  it('is an error with the code of the server, and without the address', async () => {
    const { port } = await start({
      onRcptTo: ({ address }, _session, callback) => callback(refusal(`${address} is unknown`)),
    });
    const error = await open(port)
      .send(message)
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ message: 'The mail server did not accept the message: EENVELOPE 550.' });
    expect(error).not.toHaveProperty('cause');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('zoe');
  });

  it('is an error when nothing listens', async () => {
    await expect(open(await getFreePort()).send(message)).rejects.toThrow(/ESOCKET|ECONNREFUSED|ECONNECTION/);
  });

  it('is an error after the time limit when the server says nothing', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const startedAt = performance.now();
    await expect(open(port, { timeoutMs: 100 }).send(message)).rejects.toThrow(/ETIMEDOUT/);
    expect(performance.now() - startedAt).toBeLessThan(3000);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('is an error after the time limit when the server stops in the middle', async () => {
    const { port } = await start({ onMailFrom: () => undefined });
    await expect(open(port, { timeoutMs: 100 }).send(message)).rejects.toThrow(/ETIMEDOUT/);
  });
});

describe('boundary: a message whose headers could be forged', () => {
  it.each([
    ['subject', { subject: 'Hello\r\nBcc: all@example.com' }],
    ['subject', { subject: 'Hello\nX' }],
    ['subject', { subject: 'Hello\u2028X' }],
    ['subject', { subject: 'Hello\0' }],
    ['subject', { subject: '' }],
    ['subject', { subject: 'x'.repeat(201) }],
    ['to', { to: 'a@example.com\r\nRCPT TO:<b@example.com>' }],
    ['to', { to: 'a@example.com, b@example.com' }],
    ['to', { to: 'Anna <a@example.com>' }],
    ['to', { to: `${'a'.repeat(250)}@example.com` }],
    ['to', { to: '' }],
    ['text', { text: '' }],
    ['key', { key: '' }],
  ] as const)('is refused for its %s before a connection: %j', async (part, change) => {
    const { port, received } = await start();
    await expect(open(port).send({ ...message, ...change })).rejects.toThrow(`The message is not valid: ${part}.`);
    expect(received).toEqual([]);
  });

  it('keeps a key with line breaks out of the headers', async () => {
    const { port, received } = await start();
    await open(port).send({ ...message, key: 'a\r\nBcc: b@example.com' });
    expect(received[0]!.source).not.toContain('Bcc');
  });
});
