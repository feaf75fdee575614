import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Shared = { uri: string; close(): Promise<void> };

type ShareOptions = {
  start: () => Promise<Shared>;
  /** Called when the process that started the database has closed it. */
  onLost: () => void;
};

/**
 * Starts the database of a folder, or joins the process that has started it. A Unix socket in the folder is the lock: the
 * kernel closes it in whatever way its owner ends.
 */
export async function share(dir: string, { start, onLost }: ShareOptions): Promise<Shared> {
  await mkdir(dir, { recursive: true });
  const path = toSocketPath(dir);
  for (;;) {
    const server = await listen(path);
    if (server === undefined) {
      const joined = await attach(path, onLost);
      if (joined !== undefined) return joined;
      continue;
    }
    return own(server, start);
  }
}

async function own(server: net.Server, start: () => Promise<Shared>): Promise<Shared> {
  const sockets = new Set<net.Socket>();
  const started = start();
  server.unref().on('connection', (socket) => {
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
    started.then(
      ({ uri }) => socket.write(`${uri}\n`),
      () => socket.destroy(),
    );
  });
  const release = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  try {
    const { uri, close } = await started;
    return {
      uri,
      close: async () => {
        await close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** Returns undefined when another process listens. */
async function listen(path: string): Promise<net.Server | undefined> {
  for (;;) {
    const server = net.createServer().listen(path);
    try {
      await once(server, 'listening');
      return server;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
    const socket = net.connect(path);
    try {
      await once(socket, 'connect');
      return undefined;
    } catch {
      // Its owner was killed.
      await rm(path, { force: true });
    } finally {
      socket.destroy();
    }
  }
}

/** Returns undefined when the owner ends before it has started the database. */
function attach(path: string, onLost: () => void): Promise<Shared | undefined> {
  return new Promise((resolve) => {
    let isJoined = false;
    let isClosed = false;
    const socket = net.connect(path);
    const close = async (): Promise<void> => {
      isClosed = true;
      socket.destroy();
    };
    socket.setEncoding('utf8').on('error', () => {});
    socket.once('data', (text: string) => {
      isJoined = true;
      socket.unref();
      resolve({ uri: text.trim(), close });
    });
    socket.once('close', () => {
      resolve(undefined);
      if (isJoined && !isClosed) onLost();
    });
  });
}

/** The path of a Unix socket has at most about a hundred bytes. */
function toSocketPath(dir: string): string {
  const path = join(dir, 'owner.sock');
  if (Buffer.byteLength(path) < 100) return path;
  return join(tmpdir(), `plinth-${createHash('sha256').update(dir).digest('hex').slice(0, 20)}.sock`);
}
