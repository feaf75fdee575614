import { generateSigningKey } from '@plinth/auth';
import { load } from '@plinth/config';
import { StartupError } from '@plinth/data-kit';
import { createId } from '@plinth/testing';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { openLocalPorts, openPorts } from '../src/open-ports.ts';
import { createPasswords } from '../src/passwords.ts';
import { createLinkTokens, createRefreshSecrets } from '../src/secrets.ts';
import { identitySettings, messageSettings } from '../src/settings.ts';

const key = JSON.stringify(await generateSigningKey());
const secret = 'a secret of the tests, with 1234567890 digits';
const cheap = { memoryKib: 64, passes: 1 };

describe('passwords', () => {
  it('are argon2id hashes with the parameters of the settings and a salt of their own', async () => {
    const { hash } = await createPasswords(cheap);
    const hashes = await Promise.all([hash('same'), hash('same')]);
    for (const each of hashes) expect(each).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('are compared whole, in every normal form', async () => {
    const { hash, verify } = await createPasswords(cheap);
    const stored = await hash('cafe\u0301 😀\0');
    for (const equal of ['caf\u00e9 😀\0']) expect(await verify(equal, stored)).toMatchObject({ isValid: true });
    for (const other of ['café 😀', 'Café 😀\0', '', 'cafe 😀\0']) {
      expect(await verify(other, stored), other).toEqual({ isValid: false, needsRehash: false });
    }
  });

  it.each([
    ['less memory', { memoryKib: 32, passes: 1 }, true],
    ['fewer passes', { memoryKib: 64, passes: 1 }, true],
    ['the same parameters', { memoryKib: 64, passes: 2 }, false],
    ['more memory', { memoryKib: 128, passes: 2 }, false],
  ])('are hashed again after a hash with %s', async (_, earlier, needsRehash) => {
    const stored = await (await createPasswords(earlier)).hash('same');
    const { verify } = await createPasswords({ memoryKib: 64, passes: 2 });
    expect(await verify('same', stored)).toEqual({ isValid: true, needsRehash });
  });

  it('of an account that does not exist never match, and take the time of a wrong one', async () => {
    const { hash, verify } = await createPasswords({ memoryKib: 4096, passes: 2 });
    expect(await verify('no account has this password', undefined)).toEqual({ isValid: false, needsRehash: false });
    const stored = await hash('same');
    const measure = async (hashed: string | undefined): Promise<number> => {
      const start = performance.now();
      await verify('wrong', hashed);
      return performance.now() - start;
    };
    const times = { known: [] as number[], unknown: [] as number[] };
    // Alternately, so that a busy machine slows both down.
    for (let count = 0; count < (process.env['PLINTH_HEAVY'] ? 1000 : 60); count += 1) {
      times.known.push(await measure(stored));
      times.unknown.push(await measure(undefined));
    }
    const toMedian = (values: number[]): number => values.toSorted((left, right) => left - right)[values.length >> 1]!;
    const ratio = toMedian(times.unknown) / toMedian(times.known);
    expect(ratio).toBeGreaterThan(0.85);
    expect(ratio).toBeLessThan(1.15);
  });

  it('are common in any case and width', async () => {
    const { isCommon } = await createPasswords(cheap);
    for (const common of ['123456', 'password', 'PassWord', 'ｐassword']) expect(isCommon(common), common).toBe(true);
    for (const other of ['three uncommon words', '__proto__', 'constructor'])
      expect(isCommon(other), other).toBe(false);
  });
});

describe('tokens', () => {
  it('of links are read only where they were created', () => {
    const { create, read } = createLinkTokens(secret);
    const id = createId();
    expect(read(create(id))).toBe(id);
    expect(createLinkTokens(`${secret}!`).read(create(id))).toBeUndefined();
    for (const wrong of [
      '',
      id,
      `${create(id)}A`,
      create(id).slice(0, -1),
      `${createId()}.${create(id).split('.')[1]}`,
    ]) {
      expect(read(wrong), wrong).toBeUndefined();
    }
  });

  it('of refreshes have 256 bits, and successors that only the secret computes', () => {
    const { create, advance, hash } = createRefreshSecrets(secret);
    const first = create();
    expect(Buffer.from(first, 'base64url')).toHaveLength(32);
    expect(create()).not.toBe(first);
    expect(advance(first, 0)).toBe(first);
    expect(advance(first, 3)).toBe(advance(advance(first, 1), 2));
    expect(createRefreshSecrets(`${secret}!`).advance(first, 1)).not.toBe(advance(first, 1));
    expect(hash(first)).not.toBe(first);
    expect(createLinkTokens(secret).create(first)).not.toContain(advance(first, 1));
  });
});

describe('the ports of a host', () => {
  it('sign tokens that the public key verifies', async () => {
    const settings = { IDENTITY_SIGNING_KEY: key, IDENTITY_SECRET: secret, PASSWORD_MEMORY_KIB: '64' };
    const { accessTokens, publicKey } = await openLocalPorts(load(identitySettings, settings));
    const { token, expiresAt } = await accessTokens.sign({ identityId: createId(), sessionId: createId() });
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [publicKey] }));
    expect(Math.abs(payload.exp! * 1000 - expiresAt.getTime())).toBeLessThan(2000);
    expect(publicKey).not.toHaveProperty('d');
  });

  it.each([
    ['IDENTITY_SIGNING_KEY', { IDENTITY_SECRET: secret }],
    ['IDENTITY_SECRET', { IDENTITY_SIGNING_KEY: key }],
  ])('do not open without %s', async (name, settings) => {
    const opening = openLocalPorts(load(identitySettings, settings));
    await expect(opening).rejects.toThrow(StartupError);
    await expect(openLocalPorts(load(identitySettings, settings))).rejects.toThrow(`Set ${name}`);
  });

  it('of messages lead to the web app, and need a mail server or a folder', async () => {
    const config = load(messageSettings, { MAIL_DIR: '/tmp/mail', APP_URL: 'https://app.example/' });
    const { pages } = await openPorts({ ...config, NODE_ENV: 'test' });
    expect([pages.toVerification('a.b'), pages.toSignIn()]).toEqual([
      'https://app.example/verify-email#token=a.b',
      'https://app.example/sign-in',
    ]);
    await expect(openPorts({ ...load(messageSettings, {}), NODE_ENV: 'production' })).rejects.toThrow('Set MAIL_URL');
  });
});
