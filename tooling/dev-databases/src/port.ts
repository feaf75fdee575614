import { readdir, readFile, readlink } from 'node:fs/promises';
import net from 'node:net';
import { basename } from 'node:path';

const LOOPBACK = '127.0.0.1';

/** Another process may take the port before the caller does. */
export async function getFreePort(): Promise<number> {
  const server = await listen(0, LOOPBACK);
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function isFree(port: number, host: string = LOOPBACK): Promise<boolean> {
  try {
    const server = await listen(port, host);
    await new Promise((resolve) => server.close(resolve));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}

function listen(port: number, host: string): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

/** Names the process that listens on the port, for example `node server.js (pid 4711)`, if /proc shows it. */
export async function findListener(port: number): Promise<string> {
  const inode = await listeningInode(port);
  if (inode === undefined) return 'another process';
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
    if (!targets.includes(`socket:[${inode}]`)) continue;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const [program = '', argument = ''] = commandLine.split('\0');
    return `${`${basename(program)} ${argument}`.trim().slice(0, 60)} (pid ${pid})`;
  }
  return 'another process';
}

async function listeningInode(port: number): Promise<string | undefined> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const LISTEN = '0A';
  for (const line of tables.join('\n').split('\n')) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (local?.endsWith(suffix) && state === LISTEN) return inode;
  }
  return undefined;
}
