import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aVerifier, ed25519, encode, foreignKey, forge, goodClaims, key, outcomeOf } from '../test/tokens.ts';
import { toPublicJwk } from './index.ts';

const refused = { status: 401, code: 'unauthenticated', detail: expect.stringMatching(/^The .*\.$/) };
const good = forge();
const [header = '', payload = '', signature = ''] = good.split('.');

// One for all: only successes are remembered, and there are none here.
const verifier = aVerifier();
const expectRefused = async (token: string) => expect(await outcomeOf(verifier, token)).toEqual(refused);

afterEach(() => vi.restoreAllMocks());

describe('another algorithm', () => {
  const unsigned = () => Buffer.alloc(0);
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const es256 = (input: string) => sign('sha256', Buffer.from(input), { key: ec, dsaEncoding: 'ieee-p1363' });
  const ed448 = (input: string) => sign(null, Buffer.from(input), generateKeyPairSync('ed448').privateKey);

  it.each(['none', 'nOnE', 'NONE', ''])('refuses alg "%s", unsigned or with a good signature', async (alg) => {
    await expectRefused(forge({ header: { alg }, signing: unsigned }));
    await expectRefused(forge({ header: { alg } }));
  });

  it('refuses a token without a signature that says EdDSA', () => expectRefused(`${header}.${payload}.`));

  const publicJwk = toPublicJwk(key);
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.x }, format: 'jwk' });
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
  const secrets: [string, string | Buffer][] = [
    ['the raw bytes', Buffer.from(key.x, 'base64url')],
    ['base64url', key.x],
    ['base64', Buffer.from(key.x, 'base64url').toString('base64')],
    ['hexadecimal', Buffer.from(key.x, 'base64url').toString('hex')],
    ['PEM', pem],
    ['PEM without its last line break', pem.trimEnd()],
    ['DER', publicKey.export({ type: 'spki', format: 'der' })],
    ['a JWK', JSON.stringify(publicJwk)],
    ['a bare JWK', JSON.stringify(publicKey.export({ format: 'jwk' }))],
    ['a key set', JSON.stringify({ keys: [publicJwk] })],
    ['nothing', ''],
  ];

  it.each(secrets)('refuses HMAC keyed with the public key as %s', async (_, hmacKey) => {
    const hmac = (hash: string) => (input: string) => createHmac(hash, hmacKey).update(input).digest();
    await expectRefused(forge({ header: { alg: 'HS256' }, signing: hmac('sha256') }));
    await expectRefused(forge({ header: { alg: 'HS512' }, signing: hmac('sha512') }));
    await expectRefused(forge({ header: { alg: 'EdDSA' }, signing: hmac('sha512') }));
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
  ])('refuses alg %s with a signature of that or another kind', (alg, signing) =>
    expectRefused(forge({ header: { alg }, signing })),
  );
});

describe('another header', () => {
  it.each(['JWT', 'jwt', undefined, null, '', 'dpop+jwt', 'AT+JWT', 'application/at+jwt', 'at+jwt ', ['at+jwt']])(
    'refuses typ %j',
    (typ) => expectRefused(forge({ header: { typ } })),
  );

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
  ])('refuses kid %j though the signature is good', (kid) => expectRefused(forge({ header: { kid } })));

  it('refuses the kid of a key that is not in the ring, though its signature is good', () =>
    expectRefused(forge({ header: { kid: foreignKey.kid }, signing: ed25519(foreignKey) })));

  it('refuses our kid on the signature of another Ed25519 key', () =>
    expectRefused(forge({ signing: ed25519(foreignKey) })));

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
  ])('refuses a header with %s, whoever signed it, and calls nobody', async (name, value) => {
    const calls = [
      vi.spyOn(globalThis, 'fetch'),
      vi.spyOn(http, 'request'),
      vi.spyOn(https, 'request'),
      vi.spyOn(Socket.prototype, 'connect'),
      vi.spyOn(dns, 'lookup'),
    ];
    const tokens = [ed25519(key), ed25519(foreignKey)].flatMap((signing) => [
      forge({ header: { [name]: value }, signing }),
      forge({ header: { [name]: value, kid: 'https://evil.example/kid' }, signing }),
    ]);
    await Promise.all(tokens.map(expectRefused));
    expect(calls.map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0, 0, 0]);
  });

  it.each(['null', '[]', '"EdDSA"', '{', '', '\ufeff{}'])('refuses the header %s', (text) =>
    expectRefused(forge({ header: text })),
  );
});

describe('another form', () => {
  // The order of the group of Ed25519: S and S + order would both verify where S is not checked.
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const withLargeS = (): string => {
    const bytes = Buffer.from(signature, 'base64url');
    const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse().copy(bytes, 32);
    return `${header}.${payload}.${bytes.toString('base64url')}`;
  };
  const jwe = [encode({ alg: 'dir', enc: 'A256GCM', kid: key.kid }), '', encode('iv'), encode('text'), encode('tag')];
  const padded = (part: string) => part + '='.repeat((4 - (part.length % 4)) % 4 || 1);

  it.each([
    ['nothing', ''],
    ['garbage', 'garbage'],
    ['two dots', '..'],
    ['a signature without its last character', good.slice(0, -1)],
    ['a signature without its last four characters', good.slice(0, -4)],
    ['half a signature', `${header}.${payload}.${signature.slice(0, 43)}`],
    ['a signature twice', `${good}${signature}`],
    ['a malleable signature', withLargeS()],
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
    ['padding in the header', `${padded(header)}.${payload}.${signature}`],
    ['padding in the payload', `${header}.${padded(payload)}.${signature}`],
    ['padding in the signature', `${good}==`],
    ['a header that is one character too long', `${header}A.${payload}.${signature}`],
  ])('refuses %s', (_, token) => expectRefused(token));

  it('refuses the standard alphabet of base64', async () => {
    const tokens = ['', 'j', 'jj'].map((start) => forge({ claims: { jti: `${start}???>>>` } }));
    expect(tokens.join('')).toMatch(/-.*_|_.*-/);
    const changed = tokens.map((token) => token.replaceAll('-', '+').replaceAll('_', '/'));
    await Promise.all(changed.map(expectRefused));
  });

  it('refuses a payload with spare bits although its bytes are signed', async () => {
    const spelling = [0, 1, 2]
      .map((length) => encode({ ...goodClaims, jti: 'j'.repeat(length) }))
      .find((text) => text.length % 4 === 2);
    const input = `${header}.${spelling?.slice(0, -1)}${spelling?.at(-1) === 'Q' ? 'R' : 'h'}`;
    await expectRefused(`${input}.${ed25519(key)(input).toString('base64url')}`);
  });

  it('refuses a payload that is not UTF-8', async () => {
    const input = `${header}.${Buffer.from([0x22, 0xff, 0x22]).toString('base64url')}`;
    await expectRefused(`${input}.${ed25519(key)(input).toString('base64url')}`);
  });

  it('refuses a token of a megabyte before it does any work, though it is well signed', async () => {
    const huge = forge({ claims: { padding: 'x'.repeat(1_000_000) } });
    const parse = vi.spyOn(JSON, 'parse');
    expect(() => verifier.verify(huge)).toThrow('longer than 8 KiB');
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it('takes tokens up to 8 KiB, and not one character more', async () => {
    const fits = forge({ claims: { padding: 'x'.repeat(5500) } });
    expect(await outcomeOf(aVerifier(), fits)).toMatchObject({ kind: 'user' });
    const detail = (length: number) => outcomeOf(verifier, good.padEnd(length, 'A'));
    expect(await detail(8193)).toMatchObject({ detail: 'The token is longer than 8 KiB.' });
    expect(await detail(8192)).not.toMatchObject({ detail: 'The token is longer than 8 KiB.' });
  });
});
