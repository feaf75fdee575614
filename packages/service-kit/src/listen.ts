import { once } from 'node:events';
import { createServer } from 'node:net';
import { StartupError } from '@plinth/data-kit';
import { type MetricsServerOptions, openMetricsServer } from '@plinth/telemetry';
import type { ServiceConfig } from './settings.ts';

/** An address to listen on, and the prefix of the names of its settings. */
type Address = { readonly host: string; readonly port: number; readonly prefix: '' | 'METRICS_' };

const toApiAddress = ({ HOST, PORT }: Pick<ServiceConfig, 'HOST' | 'PORT'>): Address => ({
  // For 'localhost' Fastify opens a second server, which lacks the handlers that are set up on the first.
  host: HOST === 'localhost' ? '127.0.0.1' : HOST,
  port: PORT,
  prefix: '',
});

type MetricsConfig = Pick<ServiceConfig, 'METRICS_HOST' | 'METRICS_PORT'>;

const toMetricsAddress = ({ METRICS_HOST, METRICS_PORT }: MetricsConfig): Address | undefined =>
  METRICS_PORT === undefined ? undefined : { host: METRICS_HOST, port: METRICS_PORT, prefix: 'METRICS_' };

const toSentence = (code: string, { host, port, prefix }: Address): string => {
  const otherHost = `Set ${prefix}HOST to an address of this machine, or to 0.0.0.0 for all of them.`;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is taken. Set ${prefix}PORT to another port, or stop the process that listens there.`;
    case 'EACCES':
      return `Port ${port} of ${host} needs privileges that this process lacks. Set ${prefix}PORT to a port from 1024.`;
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine. ${otherHost}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host name ${host} cannot be resolved. ${otherHost}`;
    default:
      return `${host} cannot be listened on (${code}). ${otherHost}`;
  }
};

/** Runs `open`, and throws a `StartupError` in one sentence when it cannot listen. */
const withListenErrors = async <T>(address: Address, open: () => Promise<T>): Promise<T> => {
  try {
    return await open();
  } catch (cause) {
    const { code = '', syscall = '' } = cause as NodeJS.ErrnoException;
    if (!['listen', 'bind', 'getaddrinfo'].includes(syscall)) throw cause;
    throw new StartupError(toSentence(code, address), { cause });
  }
};

const probe = (address: Address): Promise<void> =>
  withListenErrors(address, async () => {
    const server = createServer().listen(address.port, address.host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  });

/**
 * Checks that this process can listen on its addresses.
 * @throws `StartupError` with one sentence for each address that it cannot listen on.
 */
export const assertCanListen = async (config: MetricsConfig & Partial<ServiceConfig>): Promise<void> => {
  const { HOST, PORT } = config;
  const apiAddress = HOST !== undefined && PORT !== undefined ? toApiAddress({ HOST, PORT }) : undefined;
  const addresses = [apiAddress, toMetricsAddress(config)].filter((address) => address !== undefined);
  const results = await Promise.allSettled(addresses.map(probe));
  const reasons = results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
  const unexpected = reasons.find((reason) => !(reason instanceof StartupError));
  if (unexpected !== undefined) throw unexpected;
  if (reasons.length > 0) throw new StartupError(reasons.map((reason) => (reason as StartupError).message).join('\n'));
};

type Server = { listen(options: { host: string; port: number }): Promise<string> };

/** Starts the API server. @throws `StartupError` when it cannot listen. */
export const listen = (server: Server, config: ServiceConfig): Promise<string> => {
  const address = toApiAddress(config);
  return withListenErrors(address, () => server.listen({ host: address.host, port: address.port }));
};

/** Opens the port of metrics and probes, unless `METRICS_PORT` is absent. @throws `StartupError` when it cannot listen. */
export const openMetrics = async (options: Omit<MetricsServerOptions, 'address'>, config: MetricsConfig) => {
  const address = toMetricsAddress(config);
  return address && withListenErrors(address, () => openMetricsServer({ ...options, address }));
};
