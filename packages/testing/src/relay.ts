import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server, on the loopback interface, which can be cut. */
export type Relay = {
  readonly port: number;
  /** Closes what goes through it, and lets nobody in. */
  cut(): Promise<void>;
  /** Lets people in again, at the same port. */
  mend(): Promise<void>;
};

export const openRelay = async ({ hostname, port: target }: URL): Promise<Relay> => {
  const sockets = new Set<Socket>();
  const open = async (port = 0): Promise<Server> => {
    const server = createServer((incoming) => {
      const outgoing = connect(Number(target), hostname);
      for (const socket of [incoming, outgoing]) {
        sockets.add(socket);
        socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
      }
      incoming.pipe(outgoing).pipe(incoming);
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server = await open();
  const { port } = server.address() as AddressInfo;
  return {
    port,
    cut: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: async () => {
      server = await open(port);
    },
  };
};
