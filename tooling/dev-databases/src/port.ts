import net from 'node:net';

/** Another process may take the port before the caller does. */
export async function getFreePort(): Promise<number> {
  const port = await listen(0);
  if (port === undefined) throw new Error('127.0.0.1 has no free port.');
  return port;
}

export const isFree = async (port: number): Promise<boolean> => (await listen(port)) === port;

/** Listens for a moment and resolves with the port, or with undefined when it is taken. */
function listen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as net.AddressInfo;
      server.close(() => resolve(address.port));
    });
  });
}
