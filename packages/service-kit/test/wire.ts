import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Opens a connection to a port of this machine. */
export const openSocket = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

/** Sends bytes, and returns what the connection receives until it ends, and how long that took. */
export const exchange = async (port: number, parts: readonly string[]): Promise<{ text: string; ms: number }> => {
  const socket = await openSocket(port);
  const startedAt = performance.now();
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  for (const part of parts) socket.write(part);
  await once(socket, 'close');
  return { text, ms: performance.now() - startedAt };
};

/** The replies in received text. */
export const splitReplies = (text: string): readonly string[] => (text === '' ? [] : text.split(/(?=HTTP\/1\.1 )/));

export const getStatus = (reply: string): number => Number(reply.slice(9, 12));

export const getRequestId = (reply: string): string | undefined => /^x-request-id: (.+)\r$/im.exec(reply)?.[1];

export const parseProblem = (reply: string): { status: number; code: string } =>
  JSON.parse(reply.slice(reply.indexOf('\r\n\r\n') + 4)) as { status: number; code: string };
