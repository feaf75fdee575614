import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A road to mongod that can come to an end, or stand still with all that is on it. */
export type Road = {
  /** Where a client begins, which takes no other road. */
  readonly uri: string;
  /** Nobody gets through any longer, and everybody is told. */
  cut(): void;
  /** Nobody gets through any longer, and nobody is told: whoever comes is let in and left alone. */
  freeze(): void;
  /** Whoever stands on a frozen road is thrown off it, and whoever comes gets through. */
  mend(): void;
  close(): Promise<void>;
};

export const openRoad = async (mongodbUri: string): Promise<Road> => {
  const { hostname, port } = new URL(mongodbUri);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (isFrozen) return;
    const far = keep(connect(Number(port), hostname));
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const clear = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const cut = (): void => {
    server.close();
    clear();
  };
  return {
    uri: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/?directConnection=true`,
    cut,
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    mend: () => {
      isFrozen = false;
      clear();
    },
    close: async () => {
      const closed = server.listening && once(server, 'close');
      cut();
      await closed;
    },
  };
};
