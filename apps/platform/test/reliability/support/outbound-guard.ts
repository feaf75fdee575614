// Loaded before a process by `--import`: whatever it looks up, connects to or sends a packet to is said on standard error,
// one line each, unless OUTBOUND_ALLOWED names it, and does not happen.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { Socket } from 'node:net';

const allowed = new Set((process.env['OUTBOUND_ALLOWED'] ?? '').split(','));

/** Notes an attempt. @throws unless it is allowed. */
const attempt = (what: string, target: string): void => {
  if (allowed.has(target)) return;
  process.stderr.write(`outbound ${what} ${target}\n`);
  throw new Error(`No ${what} to ${target} is allowed.`);
};

type Target = { readonly host?: string; readonly port?: number | string; readonly path?: string };

/** What `connect` was called with, in one of its forms; `net` has put the options into an array by then, callers have not. */
const targetOf = ([first, second]: readonly unknown[]): string => {
  const given: unknown = Array.isArray(first) ? (first as unknown[])[0] : first;
  if (typeof given === 'object' && given !== null) {
    const { host = 'localhost', port, path } = given as Target;
    return path ?? `${host}:${String(port)}`;
  }
  return `${typeof second === 'string' ? second : 'localhost'}:${String(given)}`;
};

const { connect } = Socket.prototype;
Socket.prototype.connect = function (this: Socket, ...given: unknown[]): Socket {
  attempt('connection', targetOf(given));
  return connect.apply(this, given as unknown as Parameters<typeof connect>);
} as typeof connect;

const { lookup } = dns;
dns.lookup = ((host: string, ...rest: unknown[]) => {
  // An address looks itself up before it is connected to, which is counted then.
  if (!/^[\d.]+$|:/.test(host)) attempt('lookup', host);
  return (lookup as unknown as (...all: unknown[]) => void)(host, ...rest);
}) as typeof lookup;

const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (this: dgram.Socket, ...given: unknown[]): void {
  attempt('packet', 'a socket');
  return (send as unknown as (...all: unknown[]) => void).apply(this, given);
} as typeof send;
