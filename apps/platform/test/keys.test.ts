import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey, PrivateJwk, type PublicJwk, toPublicJwk } from '@plinth/auth';
import { nodeCommand, startChild } from '@plinth/testing/process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDevelopmentKeySet } from '../src/keys/development-keys.ts';
import { listKeys, makeKey, openKeySet, retireKey } from '../src/keys/key-set.ts';

const createFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-keys-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
};

const readKeySet = async (path: string): Promise<PublicJwk[]> => JSON.parse(await readFile(path, 'utf8')).keys;

describe('the keys of npm start', () => {
  const cursorSecret = 'stays';

  /** Creates the files that `npm start` creates. */
  const createFiles = async () => {
    const folder = await createFolder();
    const [secretsFile, path] = [join(folder, 'secrets.json'), join(folder, 'jwks.json')];
    const tokenSigningKey = await generateSigningKey();
    await writeFile(secretsFile, JSON.stringify({ tokenSigningKey, cursorSecret }));
    await writeFile(path, JSON.stringify({ keys: [toPublicJwk(tokenSigningKey)] }));
    return { open: () => openDevelopmentKeySet(folder), secretsFile, path, first: tokenSigningKey.kid };
  };

  it('are rotated: a new key signs while the old one is trusted, until it is retired', async () => {
    const { open, secretsFile, path, first } = await createFiles();
    expect(await listKeys(await open())).toEqual([`${first}  signs`]);
    const { kid, result } = await makeKey(await open());
    expect(result).toContain(`retire ${first}`);
    const secrets = JSON.parse(await readFile(secretsFile, 'utf8'));
    expect(secrets).toMatchObject({ tokenSigningKey: { kid }, cursorSecret });
    expect((await stat(secretsFile)).mode & 0o777).toBe(0o600);
    expect(await listKeys(await open())).toEqual([first, `${kid}  signs`]);
    await retireKey(first, await open());
    expect(await readKeySet(path)).toEqual([toPublicJwk(secrets.tokenSigningKey)]);
  });

  it('include the signing key, which cannot be retired', async () => {
    const { open, first } = await createFiles();
    await makeKey(openKeySet((await open()).path));
    await expect(retireKey(first, await open())).rejects.toThrow(`${first} is the signing key, or the only key.`);
    await expect(retireKey('unknown', await open())).rejects.toThrow('has no key unknown. See npm run keys -- list.');
  });

  it('are created by npm start', async () => {
    await expect(openDevelopmentKeySet(await createFolder())).rejects.toThrow('Run `npm start` once to create it.');
  });
});

describe('npm run keys --file', () => {
  const script = new URL('../src/keys.ts', import.meta.url);
  const run = async (...args: string[]) => {
    const { exited, output } = startChild(nodeCommand(script, ...args));
    const [code] = await exited;
    return { code, ...output };
  };

  it('creates a key set of public keys, and prints each private key alone and once', async () => {
    const file = join(await createFolder(), 'jwks.json');
    const [first, second] = [await run('make', '--file', file), await run('make', '--file', file)];
    const [one, two] = [first, second].map(({ stdout }) => PrivateJwk.parse(JSON.parse(stdout)));
    expect(first.stderr).toContain(`Made the key ${one?.kid}. ${file} trusts it.`);
    expect(await readKeySet(file)).toEqual([one, two].map((key) => ({ ...key, d: undefined })));
    expect(await readFile(file, 'utf8')).not.toContain('"d"');
    const retired = await run('retire', String(one?.kid), '--file', file);
    const sentence = `Retired the key ${one?.kid}: its tokens are refused from now on.\n`;
    expect(retired).toMatchObject({ code: 0, stdout: sentence });
    expect(await run('list', '--file', file)).toEqual({ code: 0, stdout: `${two?.kid}\n`, stderr: '' });
    expect(await run('retire', String(two?.kid), '--file', file)).toMatchObject({ code: 1, stdout: '' });
    expect((await run('retire', '-hyphen', '--file', file)).stderr).toContain('has no key -hyphen.');
  });

  it('names a file that is missing or is not a key set, and a wrong command', async () => {
    const file = join(await createFolder(), 'jwks.json');
    const missing = `There is no file ${file}. Create one with: npm run keys -- make --file ${file}`;
    await expect(listKeys(openKeySet(file))).rejects.toThrow(missing);
    await writeFile(file, '{"keys":[{"kty":"oct"}]}');
    const invalid = 'is not a JSON Web Key Set of public Ed25519 keys.';
    await expect(makeKey(openKeySet(file))).rejects.toThrow(invalid);
    const elsewhere = join(file, '..', 'missing', 'jwks.json');
    const unwritable = `${elsewhere} cannot be written (ENOENT). Create its folder, or name another file.\n`;
    expect(await run('make', '--file', elsewhere)).toEqual({ code: 1, stdout: '', stderr: unwritable });
    const usage = 'Usage: npm run keys -- list|make|retire <kid> [--file <path>]\n';
    expect(await run('burn')).toEqual({ code: 1, stdout: '', stderr: usage });
    expect(await run('list', '--fiel', file)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/fiel[^]*Usage: /),
    });
  });
});
