import { BlockList, isIPv6, type Socket } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import type { Logger } from '@plinth/logger';
import type { Metrics } from '@plinth/telemetry';
import fp from 'fastify-plugin';
import { createCounts } from '../http/counts.ts';

/** The limits of the connections of a process. */
export type ConnectionLimits = {
  /** The connections that a process holds. */
  readonly max: number;
  /** The connections of one client network: an IPv4 address, or the /64 network of an IPv6 address. */
  readonly perNetworkMax: number;
  /** A client that reads fewer bytes of its responses in a second is disconnected. */
  readonly bytesPerSecondMin: number;
  /** Milliseconds over which the rate of a client is measured. */
  readonly windowMs: number;
};

export const defaultConnectionLimits: ConnectionLimits = {
  max: 10_000,
  perNetworkMax: 500,
  bytesPerSecondMin: 4096,
  windowMs: 20_000,
};

const checkMs = 500;

/** A connection, and the window in which the rate of its client is measured. */
type RateWindow = { readonly socket: Socket; startedAtMs: number; bytesAtStart: number };

/** Returns the bytes that the operating system has accepted, because the client has room for them. */
const getSentBytes = ({ bytesWritten, writableLength }: Socket): number => bytesWritten - writableLength;

/** Creates the check for slow clients: true when data has waited for a whole window and the client has read too little. */
const createSlowCheck = ({ bytesPerSecondMin, windowMs }: ConnectionLimits) => {
  const bytesMin = (bytesPerSecondMin * windowMs) / 1000;
  return (window: RateWindow, now: number): boolean => {
    const { socket, startedAtMs, bytesAtStart } = window;
    const isWaiting = socket.writableLength > 0;
    if (isWaiting && now - startedAtMs < windowMs) return false;
    const sent = getSentBytes(socket);
    if (isWaiting && sent - bytesAtStart < bytesMin) return true;
    Object.assign(window, { startedAtMs: now, bytesAtStart: sent });
    return false;
  };
};

/** Counts the connections of each client network. Those of trusted proxies have no limit of their own. */
const createNetworkCounts = ({ perNetworkMax }: ConnectionLimits, trustProxy: readonly string[]) => {
  const proxies = new BlockList();
  for (const cidr of trustProxy) {
    const [network = '', bits] = cidr.split('/');
    proxies.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4');
  }
  const counts = createCounts();
  return {
    /** @returns false, and counts nothing, when the network has as many connections as it may. */
    add: (socket: Socket): boolean => {
      const { remoteAddress: address } = socket;
      // A client that has disconnected has no address.
      if (address === undefined || proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return true;
      const network = normalizeIP(address);
      if (counts.get(network) >= perNetworkMax) return false;
      counts.add(network, 1);
      socket.once('close', () => counts.add(network, -1));
      return true;
    },
  };
};

export type ConnectionsOptions = {
  readonly connectionLimits?: ConnectionLimits | undefined;
  readonly trustProxy: readonly string[] | undefined;
  readonly logger: Pick<Logger, 'warn'>;
  readonly metrics: Metrics;
};

/** Limits how many connections a process and a client network have, and how slowly a client may read its responses. */
export const connections = fp<ConnectionsOptions>(
  async (app, { connectionLimits: limits = defaultConnectionLimits, trustProxy = [], logger, metrics }) => {
    const { server } = app;
    const isSlow = createSlowCheck(limits);
    const networks = createNetworkCounts(limits, trustProxy);
    const windows = new Map<Socket, RateWindow>();
    const refused = metrics.counter({
      name: 'http_connections_refused_total',
      help: 'Connections that were closed immediately, because the process or the client network has as many as it may.',
      labels: { limit: ['process', 'network'] },
    });
    let refusedCount = 0;
    const countRefusal = (limit: 'process' | 'network'): void => {
      refused.labels({ limit }).inc();
      refusedCount += 1;
    };
    server.maxConnections = limits.max;
    server.on('drop', () => countRefusal('process'));
    server.on('connection', (socket: Socket) => {
      if (!networks.add(socket)) {
        socket.destroy();
        return countRefusal('network');
      }
      windows.set(socket, { socket, startedAtMs: performance.now(), bytesAtStart: 0 });
      socket.once('close', () => windows.delete(socket));
    });
    const timer = setInterval(() => {
      if (refusedCount > 0) logger.warn('connections-refused', { count: refusedCount });
      refusedCount = 0;
      for (const window of windows.values()) {
        if (!isSlow(window, performance.now())) continue;
        logger.warn('slow-reader-cut', { address: window.socket.remoteAddress });
        window.socket.destroy();
      }
    }, checkMs).unref();
    app.addHook('onClose', async () => clearInterval(timer));
  },
  { name: 'connections' },
);
