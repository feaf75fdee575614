import type { FastifyRequest } from 'fastify';

const loopback = /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/;
const localNames: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

/** Proxies and tunnels add these headers. Their clients are on any machine, whatever address and name a request has. */
const isOfProxy = (header: string): boolean => /^(?:forwarded|via|x-real-ip|x-forwarded-.*)$/.test(header);

/**
 * True for a client on this machine that calls it by a local name. So a page of another site cannot read the response, even when
 * the name of the site resolves to this machine.
 */
export const isLocal = ({ socket, hostname, headers }: FastifyRequest): boolean =>
  loopback.test(socket.remoteAddress ?? '') && localNames.includes(hostname) && !Object.keys(headers).some(isOfProxy);
