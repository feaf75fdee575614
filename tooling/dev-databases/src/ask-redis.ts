import net from 'node:net';
import tls from 'node:tls';

const TIMEOUT_MS = 3000;

/** The first line of the server's answer to a command, after AUTH where the URL has a password. Rejects when there is none. */
export function askRedis(url: string, ...command: string[]): Promise<string> {
  const { protocol, hostname, port, username, password } = new URL(url);
  const options = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) };
  const commands = [command];
  if (password !== '') {
    commands.unshift([
      'AUTH',
      ...(username === '' ? [] : [decodeURIComponent(username)]),
      decodeURIComponent(password),
    ]);
  }
  return new Promise((resolve, reject) => {
    const socket =
      protocol === 'rediss:' ? tls.connect({ ...options, servername: options.host }) : net.connect(options);
    const finish = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    let answer = '';
    socket.setTimeout(TIMEOUT_MS, () => finish(() => reject(new Error('it does not answer'))));
    socket.once('error', (error) => finish(() => reject(error)));
    socket.once('end', () => finish(() => reject(new Error('it closes the connection'))));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
      const lines = answer.split('\r\n');
      if (lines.length > commands.length) finish(() => resolve(lines[commands.length - 1] ?? ''));
    });
    socket.write(commands.map(encode).join(''));
  });
}

const encode = (parts: string[]): string =>
  `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
