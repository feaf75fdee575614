import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on the loopback interface whose connections can be cut or frozen. */
export type TcpProxy = {
  readonly port: number;
  /** Closes all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Keeps connections open, accepts new ones, and forwards nothing. */
  freeze(): void;
  /** Forwards again, at the same port. Frozen connections are closed. */
  restore(): Promise<void>;
  close(): Promise<void>;
};

/** Opens a proxy to the host and port of a URL. */
export const openTcpProxy = async (target: URL): Promise<TcpProxy> => {
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const listen = async (port = 0): Promise<Server> => {
    const server = createServer((incoming) => {
      track(incoming);
      if (isFrozen) return;
      const outgoing = track(connect(Number(target.port), target.hostname));
      incoming.pipe(outgoing).pipe(incoming);
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
    restore: async () => {
      if (isFrozen) closeConnections();
      isFrozen = false;
      if (!server.listening) server = await listen(port);
    },
    close: cut,
  };
};
