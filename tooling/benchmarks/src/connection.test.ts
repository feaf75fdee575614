import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openConnection } from './connection.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const connectTo = async (listener: RequestListener) => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connection = await openConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  ends.push(
    () => connection.close(),
    () => void server.close(),
  );
  return connection;
};

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;

it('asks one thing after the other on the same connection', async () => {
  const ports = new Set<number | undefined>();
  const connection = await connectTo(({ url, socket }, response) => {
    ports.add(socket.remotePort);
    const body = `Ünal ${url}`;
    response.writeHead(200, { 'content-length': Buffer.byteLength(body) }).end(body);
  });
  for (const path of ['/1', '/2', '/3']) {
    const { status, body } = await connection.send(get(path));
    expect([status, body.toString()]).toEqual([200, `Ünal ${path}`]);
  }
  expect(ports.size).toBe(1);
});

it('fails when the server closes the connection instead of answering, and then at once', async () => {
  const connection = await connectTo(({ socket }) => socket.destroy());
  await expect(connection.send(get('/'))).rejects.toThrow();
  await expect(connection.send(get('/'))).rejects.toThrow();
});

it('fails when the answer cannot be read', async () => {
  const connection = await connectTo((_request, response) => void response.end());
  const chunked = await connectTo((_request, response) => {
    response.write('a');
    response.end('b');
  });
  await expect(connection.send(get('/'))).resolves.toMatchObject({ status: 200 });
  await expect(chunked.send(get('/'))).rejects.toThrow('without status or length');
});
