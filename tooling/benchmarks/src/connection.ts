import { once } from 'node:events';
import { connect } from 'node:net';
import { type Answer, createAnswerReader } from './answer-reader.ts';

/** A connection that stays open, with one request under way at a time. */
export type Connection = {
  /** Rejects when the connection ends or nothing is answered within ten seconds. */
  send(request: string): Promise<Answer>;
  close(): void;
};

const answerTimeoutMs = 10_000;

/** Opens a connection to a server of this machine. */
export const openConnection = async (url: string): Promise<Connection> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  const read = createAnswerReader();
  let asked: PromiseWithResolvers<Answer> | undefined;
  socket.on('data', (piece) => {
    try {
      const answer = read(piece);
      if (!answer) return;
      if (!asked) throw new Error('The server said something that it was not asked for.');
      const { resolve } = asked;
      asked = undefined;
      resolve(answer);
    } catch (cause) {
      socket.destroy(cause instanceof Error ? cause : new Error(String(cause)));
    }
  });
  socket.setTimeout(answerTimeoutMs, () => {
    if (asked) socket.destroy(new Error(`No answer within ${answerTimeoutMs / 1000} s.`));
  });
  let reason = new Error('The server closed the connection.');
  socket.once('error', (error) => {
    reason = error;
  });
  socket.once('close', () => asked?.reject(reason));
  return {
    send: (request) => {
      if (socket.destroyed) return Promise.reject(reason);
      asked = Promise.withResolvers();
      socket.write(request);
      return asked.promise;
    },
    close: () => void socket.destroy(),
  };
};
