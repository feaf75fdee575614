import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addResults, closingLine, removeResults } from '../src/results.ts';
import { readDevelopmentSecrets, toPublicJwks } from '../src/secrets.ts';
import { createTemporaryFolder } from './helpers.ts';

describe('development secrets', () => {
  it('are created once, readable by this user only, also by two processes at the same time', async () => {
    const dir = await createTemporaryFolder();
    const [one, two] = await Promise.all([readDevelopmentSecrets(dir), readDevelopmentSecrets(dir)]);
    expect(one).toEqual(two);
    expect((await stat(join(dir, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(await readDevelopmentSecrets(dir)).toEqual(one);
    expect(Buffer.from(one.cursorSecret, 'base64url')).toHaveLength(32);
    expect(await readFile(join(dir, 'secrets.json'), 'utf8')).toContain('"tokenSigningKey"');
  });

  it('are refused in one sentence when the file is damaged', async () => {
    const dir = await createTemporaryFolder();
    await writeFile(join(dir, 'secrets.json'), '{"tokenSigningKey":');
    await expect(readDevelopmentSecrets(dir)).rejects.toThrow(
      `${join(dir, 'secrets.json')} cannot be read: delete it, and the next start creates another.`,
    );
  });

  it('publish the public half of the signing key only', async () => {
    const secrets = await readDevelopmentSecrets(await createTemporaryFolder());
    const { d: _private, ...publicKey } = secrets.tokenSigningKey;
    expect(JSON.parse(toPublicJwks(secrets))).toEqual({ keys: [publicKey] });
    expect(publicKey).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: expect.any(String) });
  });
});

describe('the closing line of npm test', () => {
  const report = (numPassedTests: number, numFailedTests: number, rest: object = {}): string => {
    const others = { numPendingTests: 0, numTodoTests: 0, success: numFailedTests === 0, ...rest };
    return JSON.stringify({ numPassedTests, numFailedTests, ...others });
  };

  async function workspace(reports: Record<string, string | undefined>): Promise<string> {
    const root = await createTemporaryFolder();
    for (const [folder, text] of Object.entries(reports)) {
      await mkdir(join(root, folder), { recursive: true });
      await writeFile(join(root, folder, 'vitest.config.ts'), '');
      if (text !== undefined) await writeFile(join(root, folder, 'test-results.json'), text);
    }
    return root;
  }

  it('adds up every package and leaves skipped tests out when there are none', async () => {
    const root = await workspace({ 'packages/a': report(2, 1), 'apps/b': report(3, 0) });
    const totals = addResults(root);
    expect(totals).toEqual({ passed: 5, failed: 1, skipped: 0, missing: [] });
    expect(closingLine(totals)).toBe('5 passed, 1 failed');
  });

  it('counts skipped and todo tests', async () => {
    const root = await workspace({ 'packages/a': report(2, 0, { numPendingTests: 1, numTodoTests: 2 }) });
    expect(closingLine(addResults(root))).toBe('2 passed, 0 failed, 3 skipped');
  });

  it('counts a test file that cannot be loaded as a failure', async () => {
    const root = await workspace({ 'packages/a': report(2, 0, { success: false }) });
    expect(addResults(root).failed).toBe(1);
  });

  it('names packages whose tests left no result, old results not counting', async () => {
    const root = await workspace({ 'packages/a': report(2, 0), 'tooling/c': undefined });
    removeResults(root);
    expect(addResults(root)).toMatchObject({ passed: 0, missing: ['packages/a', 'tooling/c'] });
  });
});
