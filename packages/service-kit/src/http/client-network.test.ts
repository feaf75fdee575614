import { expect, it } from 'vitest';
import { toClientNetwork } from './client-network.ts';

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:203.0.113.7', '203.0.113.7'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::5:6', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
  ['1:2:3:4:5:6:203.0.113.7', '1:2:3:4::/64'],
  ['evil', 'unknown'],
  ['', 'unknown'],
  [undefined, 'unknown'],
  ['203.0.113.7:443', 'unknown'],
])('%s belongs to %s', (ip, network) => {
  expect(toClientNetwork(ip)).toBe(network);
});

it('is the same for every address of a network, and differs for another network', () => {
  expect(toClientNetwork('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe(toClientNetwork('2001:db8:1:2::1'));
  expect(toClientNetwork('2001:db8:1:3::1')).not.toBe(toClientNetwork('2001:db8:1:2::1'));
});
