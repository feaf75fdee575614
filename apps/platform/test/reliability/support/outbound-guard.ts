// Loaded into a process by `--import`: it blocks every lookup, connection and packet whose target is not in OUTBOUND_ALLOWED,
// and writes a line to standard error for each.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { Socket } from 'node:net';

const allowed = new Set((process.env['OUTBOUND_ALLOWED'] ?? '').split(','));

/** @throws, after writing a line to standard error, when `target` is not in OUTBOUND_ALLOWED. */
const assertAllowed = (kind: string, target: string): void => {
  if (allowed.has(target)) return;
  process.stderr.write(`outbound ${kind} ${target}\n`);
  throw new Error(`No ${kind} to ${target} is allowed.`);
};

type Target = { readonly host?: string; readonly port?: number | string; readonly path?: string };

/** Reads the target from the arguments of `connect`, which `net` itself passes as one array. */
const toTarget = ([first, second]: readonly unknown[]): string => {
  const options: unknown = Array.isArray(first) ? (first as unknown[])[0] : first;
  if (typeof options === 'object' && options !== null) {
    const { host = 'localhost', port, path } = options as Target;
    return path ?? `${host}:${String(port)}`;
  }
  return `${typeof second === 'string' ? second : 'localhost'}:${String(options)}`;
};

const { connect } = Socket.prototype;
Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  assertAllowed('connection', toTarget(args));
  return connect.apply(this, args as unknown as Parameters<typeof connect>);
} as typeof connect;

const { lookup } = dns;
dns.lookup = ((host: string, ...rest: unknown[]) => {
  // An IP address needs no lookup; its connection is checked.
  if (!/^[\d.]+$|:/.test(host)) assertAllowed('lookup', host);
  return (lookup as unknown as (...all: unknown[]) => void)(host, ...rest);
}) as typeof lookup;

const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (this: dgram.Socket, ...args: unknown[]): void {
  assertAllowed('packet', 'a socket');
  return (send as unknown as (...all: unknown[]) => void).apply(this, args);
} as typeof send;
