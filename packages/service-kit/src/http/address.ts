import { isIPv4, isIPv6 } from 'node:net';

/** How many groups of an IPv6 address name a network; what follows, its owner chooses freely. */
const networkGroups = 4;

const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));

/** The eight groups of an IPv6 address that ends in no IPv4 address. */
const expand = (address: string): string[] => {
  const [head = '', tail] = address.split('::');
  const [left, right] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].map((group) =>
    Number.parseInt(group, 16).toString(16),
  );
};

const mappedIPv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Who an address belongs to, as far as limits go: an IPv4 address itself, of an IPv6 address its /64, because whoever has
 * one such network has all the addresses in it.
 */
export const networkOf = (ip: string | undefined): string => {
  // A caller who has gone has no address any more.
  if (ip === undefined) return 'unknown';
  if (isIPv4(ip)) return ip;
  const [address = ''] = ip.split('%', 1);
  const mapped = mappedIPv4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  // Nothing but a proxy that we trust can send what is no address; all of that is one.
  if (!isIPv6(address)) return 'unknown';
  const dotted = address.lastIndexOf('.') < 0 ? address : `${address.slice(0, address.lastIndexOf(':'))}:0:0`;
  return `${expand(dotted).slice(0, networkGroups).join(':')}::/64`;
};
