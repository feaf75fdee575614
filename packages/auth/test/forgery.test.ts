import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createKeyRing, toPublicJwk } from '../src/index.ts';
import { createTestVerifier, createToken, ed25519, encode, foreignKey, key, verifyOrError } from './tokens.ts';

const rejected = { status: 401, code: 'unauthenticated', detail: expect.stringMatching(/^The .*\.$/) };
const good = createToken();
const [header = '', payload = '', signature = ''] = good.split('.');

// Shared, because only verified tokens are cached.
const verifier = createTestVerifier();
const expectRejected = async (token: string) => expect(await verifyOrError(verifier, token)).toEqual(rejected);

afterEach(() => vi.restoreAllMocks());

describe('the verifier and the algorithm of a token', () => {
  const unsigned = () => Buffer.alloc(0);
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const es256 = (input: string) => sign('sha256', Buffer.from(input), { key: ec, dsaEncoding: 'ieee-p1363' });
  const ed448 = (input: string) => sign(null, Buffer.from(input), generateKeyPairSync('ed448').privateKey);

  it.each(['none', 'nOnE', 'NONE', ''])('rejects alg "%s", unsigned or with a good signature', async (alg) => {
    await expectRejected(createToken({ header: { alg }, signing: unsigned }));
    await expectRejected(createToken({ header: { alg } }));
  });

  it('rejects EdDSA without a signature', () => expectRejected(`${header}.${payload}.`));

  const publicJwk = toPublicJwk(key);
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.x }, format: 'jwk' });
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
  const bytes = Buffer.from(key.x, 'base64url');

  it.each<[string, string | Buffer]>([
    ['the raw bytes', bytes],
    ['base64url', key.x],
    ['base64', bytes.toString('base64')],
    ['hexadecimal', bytes.toString('hex')],
    ['PEM', pem],
    ['PEM without its last line break', pem.trimEnd()],
    ['DER', publicKey.export({ type: 'spki', format: 'der' })],
    ['a JWK', JSON.stringify(publicJwk)],
    ['a bare JWK', JSON.stringify(publicKey.export({ format: 'jwk' }))],
    ['a key set', JSON.stringify({ keys: [publicJwk] })],
    ['an empty text', ''],
  ])('rejects HMAC keyed with the public key as %s', async (_, hmacKey) => {
    const hmac = (hash: string) => (input: string) => createHmac(hash, hmacKey).update(input).digest();
    await expectRejected(createToken({ header: { alg: 'HS256' }, signing: hmac('sha256') }));
    await expectRejected(createToken({ header: { alg: 'HS512' }, signing: hmac('sha512') }));
    await expectRejected(createToken({ header: { alg: 'EdDSA' }, signing: hmac('sha512') }));
  });

  it.each([
    ['ES256', es256],
    ['EdDSA', es256],
    ['EdDSA', ed448],
    ['Ed448', ed448],
    ['Ed25519', ed25519(key)],
    ['RS256', ed25519(key)],
    [['EdDSA'], ed25519(key)],
    [undefined, ed25519(key)],
  ])('rejects alg %s with a signature of that or another algorithm', (alg, signing) =>
    expectRejected(createToken({ header: { alg }, signing })),
  );
});

describe('the verifier and the header of a token', () => {
  it.each(['JWT', 'jwt', undefined, null, '', 'dpop+jwt', 'at+jwt ', 'text/at+jwt', ['at+jwt']])(
    'rejects typ %j',
    (typ) => expectRejected(createToken({ header: { typ } })),
  );

  it.each(['AT+JWT', 'application/at+jwt'])('accepts typ %s, the same media type (RFC 9068)', async (typ) => {
    expect(await verifyOrError(verifier, createToken({ header: { typ } }))).toMatchObject({ kind: 'user' });
  });

  it.each([
    undefined,
    null,
    7,
    '',
    '../../x',
    '/etc/passwd',
    '__proto__',
    'constructor',
    `${key.kid} `,
    [key.kid],
    'https://evil.example/jwks.json',
  ])('rejects kid %j though the signature is good', (kid) => expectRejected(createToken({ header: { kid } })));

  it('rejects the kid of an unknown key with its signature, and the known kid with that of another key', async () => {
    await expectRejected(createToken({ header: { kid: foreignKey.kid }, signing: ed25519(foreignKey) }));
    await expectRejected(createToken({ signing: ed25519(foreignKey) }));
  });

  it.each([
    ['jku', 'https://evil.example/jwks.json'],
    ['x5u', 'http://evil.example/cert.pem'],
    ['jwk', toPublicJwk(foreignKey)],
    ['x5c', ['MIIB']],
    ['x5t', 'abc'],
    ['crit', ['exp']],
    ['crit', []],
    ['b64', false],
    ['zip', 'DEF'],
    ['cty', 'JWT'],
    ['kind', 'anything else'],
    ['__proto__', { alg: 'none' }],
  ])('rejects a header with %s, whichever key signed it, and connects to nothing', async (name, value) => {
    const calls = [
      vi.spyOn(globalThis, 'fetch'),
      vi.spyOn(http, 'request'),
      vi.spyOn(https, 'request'),
      vi.spyOn(Socket.prototype, 'connect'),
      vi.spyOn(dns, 'lookup'),
    ];
    const tokens = [key, foreignKey].flatMap((signingKey) => [
      createToken({ header: { [name]: value }, signing: ed25519(signingKey) }),
      createToken({ header: { [name]: value, kid: 'https://evil.example/kid' }, signing: ed25519(signingKey) }),
    ]);
    await Promise.all(tokens.map(expectRejected));
    expect(calls.map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0, 0, 0]);
  });

  it.each(['null', '[]', '"EdDSA"', '{', ''])('rejects the header %j', (text) =>
    expectRejected(createToken({ header: text })),
  );
});

describe('the verifier and the form of a token', () => {
  const jwe = [encode({ alg: 'dir', enc: 'A256GCM', kid: key.kid }), '', encode('iv'), encode('text'), encode('tag')];
  const pad = (part: string) => part + '='.repeat((4 - (part.length % 4)) % 4 || 1);

  it.each([
    ['an empty text', ''],
    ['garbage', 'garbage'],
    ['two dots', '..'],
    ['a signature without its last character', good.slice(0, -1)],
    ['a signature without its last four characters', good.slice(0, -4)],
    ['half a signature', `${header}.${payload}.${signature.slice(0, 43)}`],
    ['a signature twice', `${good}${signature}`],
    ['no payload', `${header}..${signature}`],
    ['no header', `.${payload}.${signature}`],
    ['a dot at the end', `${good}.`],
    ['a dot at the beginning', `.${good}`],
    ['a fourth part', `${good}.${signature}`],
    ['a JWE', jwe.join('.')],
    ['JSON serialization', JSON.stringify({ protected: header, payload, signature })],
    ['a space before', ` ${good}`],
    ['a space after', `${good} `],
    ['a line break after', `${good}\n`],
    ['a tab inside', `${header}.\t${payload}.${signature}`],
    ['a NUL after', `${good}\0`],
    ['padding in the header', `${pad(header)}.${payload}.${signature}`],
    ['padding in the payload', `${header}.${pad(payload)}.${signature}`],
    ['padding in the signature', `${good}==`],
    ['a header that is one character too long', `${header}A.${payload}.${signature}`],
  ])('rejects %s', (_, token) => expectRejected(token));

  it('rejects the standard alphabet of base64', async () => {
    const tokens = ['', 'j', 'jj'].map((start) => createToken({ claims: { jti: `${start}???>>>` } }));
    expect(tokens.join('')).toMatch(/-.*_|_.*-/);
    await Promise.all(tokens.map((token) => expectRejected(token.replaceAll('-', '+').replaceAll('_', '/'))));
  });

  it('rejects a signed payload that is not UTF-8', async () => {
    const input = `${header}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}`;
    await expectRejected(`${input}.${ed25519(key)(input).toString('base64url')}`);
  });

  it('accepts 8 KiB, and rejects a longer token before it is parsed, though it is well signed', async () => {
    const longest = createToken({ claims: { padding: 'x'.repeat(5500) } });
    expect(await verifyOrError(createTestVerifier(), longest)).toMatchObject({ kind: 'user' });
    const tooLong = { detail: 'The token is longer than 8 KiB.' };
    expect(await verifyOrError(verifier, good.padEnd(8192, 'A'))).not.toMatchObject(tooLong);
    expect(await verifyOrError(verifier, good.padEnd(8193, 'A'))).toMatchObject(tooLong);
    const huge = createToken({ claims: { padding: 'x'.repeat(1_000_000) } });
    const parse = vi.spyOn(JSON, 'parse');
    expect(await verifyOrError(verifier, huge)).toMatchObject(tooLong);
    expect(parse).not.toHaveBeenCalled();
  });
});

describe('the verifier and the signature of a token', () => {
  it('rejects a malleable signature: S plus the order of the group', async () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const bytes = Buffer.from(signature, 'base64url');
    const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse().copy(bytes, 32);
    await expectRejected(`${header}.${payload}.${bytes.toString('base64url')}`);
  });

  // Under a key of low order, a signature of the identity point and S = 0 fits one message in eight, or every message.
  it.each([
    ['zero bytes', '00'.repeat(32)],
    ['the identity point', `01${'00'.repeat(31)}`],
    ['a point of order two', `ec${'ff'.repeat(30)}7f`],
    ['a point of order eight', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ])('rejects signatures without a private key under the public key of %s', async (_, hex) => {
    const lowOrderKey = { ...toPublicJwk(key), x: Buffer.from(hex, 'hex').toString('base64url') };
    const naive = createTestVerifier(createKeyRing({ keys: [lowOrderKey] }));
    const signing = () => Buffer.from(`01${'00'.repeat(63)}`, 'hex');
    const tokens = Array.from({ length: 64 }, (__, index) => createToken({ claims: { jti: String(index) }, signing }));
    const results = await Promise.all(tokens.map((token) => verifyOrError(naive, token)));
    expect(results).toEqual(tokens.map(() => rejected));
  });
});
