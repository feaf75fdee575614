import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** How many groups of an IPv6 address name a network; its owner chooses the rest freely. */
const networkGroups = 4;

/**
 * The network that a limit counts: an IPv4 address itself, and the /64 of an IPv6 address, because a client that has one
 * such network has every address in it.
 */
export const toClientNetwork = (ip: string | undefined): string => {
  if (ip !== undefined && isIPv4(ip)) return ip;
  // A disconnected client has no address, and only a trusted proxy can send text that is not one: all of those share a limit.
  if (ip === undefined || !ipaddr.isValid(ip)) return 'unknown';
  const address = ipaddr.process(ip);
  if (address instanceof ipaddr.IPv4) return address.toString();
  const groups = address.parts.slice(0, networkGroups).map((group) => group.toString(16));
  return `${groups.join(':')}::/64`;
};
