import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PrivateJwk, type PublicJwk } from '@plinth/auth';
import { describe, expect, it } from 'vitest';
import { listKeys, makeKey, prepareKeySet, retireKey } from '../src/key-set.ts';
import { readDevelopmentSecrets } from '../src/secrets.ts';
import { createTemporaryFolder, runVerb } from './helpers.ts';

const readKeySet = async (path: string): Promise<PublicJwk[]> => JSON.parse(await readFile(path, 'utf8')).keys;

describe('the keys of npm start', () => {
  it('are the signing key at first, and its private part is not among them', async () => {
    const dataDir = await createTemporaryFolder();
    const { tokenSigningKey } = await readDevelopmentSecrets(dataDir);
    expect(await listKeys({ dataDir })).toEqual([`${tokenSigningKey.kid}  signs`]);
    expect(await readFile(join(dataDir, 'jwks.json'), 'utf8')).not.toContain(tokenSigningKey.d);
  });

  it('are rotated: a new key signs while the old one is trusted, until it is retired', async () => {
    const dataDir = await createTemporaryFolder();
    const before = (await readDevelopmentSecrets(dataDir)).tokenSigningKey.kid;
    const { kid, result } = await makeKey({ dataDir });
    expect(result).toContain(`retire ${before}`);
    const secrets = await readDevelopmentSecrets(dataDir);
    expect(secrets.tokenSigningKey.kid).toBe(kid);
    expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(await listKeys({ dataDir })).toEqual([before, `${kid}  signs`]);
    // A start in between changes nothing.
    const path = await prepareKeySet(dataDir, secrets);
    await retireKey(before, { dataDir });
    expect((await readKeySet(path)).map((key) => key.kid)).toEqual([kid]);
  });

  it('keep the key that signs', async () => {
    const dataDir = await createTemporaryFolder();
    const { kid } = await makeKey({ dataDir });
    await expect(retireKey(kid, { dataDir })).rejects.toThrow(`${kid} is the key that signs, or the last one.`);
    await expect(retireKey('unknown', { dataDir })).rejects.toThrow('has no key unknown. See npm run keys -- list.');
  });

  it('are created again when the key set lacks the signing key', async () => {
    const dataDir = await createTemporaryFolder();
    await writeFile(join(dataDir, 'jwks.json'), '{"keys":[]}');
    const { kid } = (await readDevelopmentSecrets(dataDir)).tokenSigningKey;
    expect(await listKeys({ dataDir })).toEqual([`${kid}  signs`]);
  });
});

describe('npm run keys --file', () => {
  it('makes a key set of public keys, and prints each private key alone and once', async () => {
    const file = join(await createTemporaryFolder(), 'jwks.json');
    const [first, second] = [
      await runVerb('keys', 'make', '--file', file),
      await runVerb('keys', 'make', '--file', file),
    ];
    const [one, two] = [first, second].map(({ stdout }) => PrivateJwk.parse(JSON.parse(stdout)));
    expect(first.stderr).toContain(`Made the key ${one?.kid}. ${file} trusts it.`);
    expect(await readKeySet(file)).toEqual([one, two].map((key) => ({ ...key, d: undefined })));
    expect(await readFile(file, 'utf8')).not.toContain('"d"');
    const retired = await runVerb('keys', 'retire', String(one?.kid), '--file', file);
    expect(retired).toMatchObject({
      code: 0,
      stdout: `Retired the key ${one?.kid}: its tokens are refused from now on.\n`,
    });
    expect(await runVerb('keys', 'list', '--file', file)).toEqual({ code: 0, stdout: `${two?.kid}\n`, stderr: '' });
    expect(await runVerb('keys', 'retire', String(two?.kid), '--file', file)).toMatchObject({ code: 1, stdout: '' });
  }, 60_000);

  it('names a file that is missing or no key set, and a wrong command', async () => {
    const dataDir = await createTemporaryFolder();
    const file = join(dataDir, 'jwks.json');
    await expect(listKeys({ dataDir, file })).rejects.toThrow(
      `There is no file ${file}. Create one with: npm run keys`,
    );
    await writeFile(file, '{"keys":[{"kty":"oct"}]}');
    await expect(makeKey({ dataDir, file })).rejects.toThrow('is not a JSON Web Key Set of public Ed25519 keys.');
    const usage = 'Use: npm run keys -- list|make|retire <kid> [--file <path>]\n';
    expect(await runVerb('keys', 'burn')).toEqual({ code: 1, stdout: '', stderr: usage });
  }, 30_000);
});
