import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createKeyRing, createRevocations, createTokenVerifier, generateSigningKey, toPublicJwk } from '@plinth/auth';
import { collectLines, createLogger } from '@plinth/logger';
import { openTestDatastore } from '@plinth/mongo/testing';
import { createServer, systemClock, systemIds } from '@plinth/service-kit';
import { createId, createStoredUser } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../src/modules.ts';
import { localPorts } from './local-ports.ts';

type Json = Record<string, unknown>;

const parties = { issuer: 'plinth', audience: 'plinth-api' };
const jwk = await generateSigningKey();
const publicJwk = toPublicJwk(jwk);
const privateKey = createPrivateKey({ key: { ...jwk } as never, format: 'jwk' });
const publicKey = createPublicKey({ key: { ...publicJwk } as never, format: 'jwk' });
const otherKey = generateKeyPairSync('ed25519').privateKey;

const user = { id: createId(), tenantId: createId(), role: 'owner' } as const;

let host: Awaited<ReturnType<typeof createServer>>;
let close: () => Promise<void>;

beforeAll(async () => {
  const datastore = await openTestDatastore();
  host = await createServer({
    name: 'tokens',
    modules,
    localPorts,
    datastore,
    verifier: createTokenVerifier({
      keys: createKeyRing({ keys: [publicJwk] }),
      clock: systemClock,
      revocations: createRevocations(),
      ...parties,
    }),
    logger: createLogger({ level: 'error', service: 'tokens', classified: new Map(), destination: collectLines() }),
    clock: systemClock,
    ids: systemIds,
    publicUrl: 'http://test.example',
    dependencies: [],
    corsOrigins: [],
    inFlightMax: 256,
    serialization: 'validated',
    undeclared: 'refuse',
    onViolation: (violation) => expect.fail(violation),
  });
  await host.prepare();
  await datastore.raw('users', 'users').insert(createStoredUser(user));
  close = async () => {
    await host.server.close();
    await datastore.close();
  };
});

afterAll(() => close());

const encode = (part: Json): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const nowSeconds = () => Math.floor(systemClock.now().getTime() / 1000);
const validHeader = { alg: 'EdDSA', typ: 'at+jwt', kid: jwk.kid };
const createClaims = (): Json => {
  const now = nowSeconds();
  return {
    iss: 'plinth',
    aud: 'plinth-api',
    sub: user.id,
    tenantId: user.tenantId,
    roles: ['owner'],
    iat: now,
    nbf: now,
    exp: now + 600,
  };
};

type TokenChanges = {
  readonly header?: Json;
  readonly claims?: Json;
  readonly toSignature?: (input: string) => string;
};

const ed25519 = (key: KeyObject) => (input: string) => sign(null, Buffer.from(input), key).toString('base64url');
const hs256 = (secret: string | Buffer) => (input: string) =>
  createHmac('sha256', secret).update(input).digest('base64url');

const createToken = ({ header = {}, claims = {}, toSignature = ed25519(privateKey) }: TokenChanges): string => {
  const defined = Object.fromEntries(
    Object.entries({ ...createClaims(), ...claims }).filter(([, value]) => value !== undefined),
  );
  const input = `${encode({ ...validHeader, ...header })}.${encode(defined)}`;
  return `${input}.${toSignature(input)}`;
};

const send = (token: string) =>
  host.server.inject({ method: 'GET', url: '/v1/users?limit=nonsense', headers: { authorization: `Bearer ${token}` } });

it('a valid token passes, and the input is validated after it', async () => {
  expect((await send(createToken({}))).statusCode).toBe(400);
});

const spki = (type: 'pem' | 'der') => publicKey.export({ type: 'spki', format: type as 'pem' });

const forgeries: Readonly<Record<string, () => string>> = {
  'alg none': () => createToken({ header: { alg: 'none' }, toSignature: () => '' }),
  'HS256 with the public key as PEM': () => createToken({ header: { alg: 'HS256' }, toSignature: hs256(spki('pem')) }),
  'HS256 with the public key as DER': () => createToken({ header: { alg: 'HS256' }, toSignature: hs256(spki('der')) }),
  'HS256 with the public key as text': () => createToken({ header: { alg: 'HS256' }, toSignature: hs256(publicJwk.x) }),
  'HS256 with the public key as bytes': () =>
    createToken({ header: { alg: 'HS256' }, toSignature: hs256(Buffer.from(publicJwk.x, 'base64url')) }),
  'another key under our kid': () => createToken({ toSignature: ed25519(otherKey) }),
  'a foreign kid': () => createToken({ header: { kid: 'another' } }),
  'a kid that is a path': () => createToken({ header: { kid: '../../../dev/null' } }),
  'no kid': () => createToken({ header: { kid: undefined } }),
  'another typ': () => createToken({ header: { typ: 'JWT' } }),
  'an embedded key': () => createToken({ header: { jwk: toPublicJwk(jwk) } }),
  'another issuer': () => createToken({ claims: { iss: 'another' } }),
  'another audience': () => createToken({ claims: { aud: 'another-api' } }),
  'no tenant': () => createToken({ claims: { tenantId: undefined } }),
  'no subject': () => createToken({ claims: { sub: undefined } }),
  'a start in the future': () => createToken({ claims: { nbf: nowSeconds() + 300 } }),
  'a lifetime that is too long': () => createToken({ claims: { exp: nowSeconds() + 86_400 } }),
  'a cut signature': () => createToken({}).slice(0, -2),
  'no signature': () => createToken({ toSignature: () => '' }),
  'an expiry in the past': () =>
    createToken({ claims: { iat: nowSeconds() - 700, nbf: nowSeconds() - 700, exp: nowSeconds() - 100 } }),
};

describe('a token gets 401 before the input is validated when it has', () => {
  it.each(Object.entries(forgeries))('%s', async (name, create) => {
    const response = await send(create());
    expect(response.statusCode).toBe(401);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(response.json()).toMatchObject({
      code: name === 'an expiry in the past' ? 'token-expired' : 'unauthenticated',
    });
  });
});
