import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection to a port of this machine. */
export const open = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

/** What a connection gets for some bytes until it ends, and how long that takes. */
export const exchange = async (port: number, parts: readonly string[]): Promise<{ text: string; ms: number }> => {
  const socket = await open(port);
  const began = performance.now();
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  for (const part of parts) socket.write(part);
  await once(socket, 'close');
  return { text, ms: performance.now() - began };
};

/** The answers in what a connection got. */
export const repliesIn = (text: string): readonly string[] => (text === '' ? [] : text.split(/(?=HTTP\/1\.1 )/));

export const statusOf = (reply: string): number => Number(reply.slice(9, 12));

export const requestIdOf = (reply: string): string | undefined => /^x-request-id: (.+)\r$/im.exec(reply)?.[1];

export const problemIn = (reply: string): { status: number; code: string } =>
  JSON.parse(reply.slice(reply.indexOf('\r\n\r\n') + 4)) as { status: number; code: string };
