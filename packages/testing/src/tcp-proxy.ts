import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A TCP proxy on the loopback interface whose connections can be cut, frozen or slowed. */
export type TcpProxy = {
  readonly port: number;
  /** Closes all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Keeps connections open, accepts new ones, and forwards nothing. */
  freeze(): void;
  /** Forwards each chunk after this many milliseconds, in both directions. */
  slow(ms: number): void;
  /** Forwards again at full speed, at the same port. Frozen connections are closed. */
  restore(): Promise<void>;
  close(): Promise<void>;
};

/** Opens a proxy to the host and port of a URL. */
export const openTcpProxy = async (target: URL): Promise<TcpProxy> => {
  const sockets = new Set<Socket>();
  let isFrozen = false;
  let delayMs = 0;
  /** Creates a stream that forwards each chunk after the current delay. */
  const delay = (): Transform =>
    new Transform({
      transform: (chunk, _encoding, forward) => {
        if (delayMs === 0) forward(null, chunk);
        else setTimeout(forward, delayMs, null, chunk);
      },
    });
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const listen = async (port = 0): Promise<Server> => {
    const server = createServer((incoming) => {
      track(incoming);
      if (isFrozen) return;
      const outgoing = track(connect(Number(target.port), target.hostname));
      incoming.pipe(delay()).pipe(outgoing);
      outgoing.pipe(delay()).pipe(incoming);
      incoming.on('close', () => outgoing.destroy());
      outgoing.on('close', () => incoming.destroy());
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server = await listen();
  const { port } = server.address() as AddressInfo;
  const closeConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const cut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    closeConnections();
    await closed;
  };
  return {
    port,
    cut,
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    slow: (ms) => {
      delayMs = ms;
    },
    restore: async () => {
      delayMs = 0;
      if (isFrozen) closeConnections();
      isFrozen = false;
      if (!server.listening) server = await listen(port);
    },
    close: cut,
  };
};
