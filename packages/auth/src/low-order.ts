// The y coordinates of the points of order 1, 2, 4 and 8, and the second spellings of 0 and 1 (p and p + 1).
const lowOrder: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/**
 * Whether a public key has so small an order that signatures can be made without a private key. Many releases of OpenSSL
 * accept such keys (3.0 and 4.0 do, that of Node 24 does not), and the placeholder of 32 zero bytes is one.
 */
export const isLowOrder = (x: string): boolean => {
  const y = Buffer.from(x, 'base64url');
  // The highest bit is the sign of the other coordinate.
  y[31] = (y[31] ?? 0) & 0x7f;
  return lowOrder.has(y.toString('hex'));
};
