import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addResults, closingLine, listNames, removeResults } from '../src/results.ts';
import { prepareKeySet, readDevelopmentSecrets } from '../src/secrets.ts';
import { createTemporaryFolder } from './helpers.ts';

describe('development secrets', () => {
  it('are created once, readable by this user only, even by two processes at the same time', async () => {
    const dir = await createTemporaryFolder();
    const [one, two] = await Promise.all([readDevelopmentSecrets(dir), readDevelopmentSecrets(dir)]);
    expect(one).toEqual(two);
    expect((await stat(join(dir, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(await readDevelopmentSecrets(dir)).toEqual(one);
    expect(Buffer.from(one.cursorSecret, 'base64url')).toHaveLength(32);
    expect(await readFile(join(dir, 'secrets.json'), 'utf8')).toContain('"tokenSigningKey"');
  });

  it('of an earlier version get what they lack, and keep the others', async () => {
    const dir = await createTemporaryFolder();
    const { auditSigningKey: _audit, identitySecret: _identity, ...earlier } = await readDevelopmentSecrets(dir);
    await writeFile(join(dir, 'secrets.json'), JSON.stringify(earlier));
    const secrets = await readDevelopmentSecrets(dir);
    expect(secrets).toMatchObject({ ...earlier, auditSigningKey: { alg: 'EdDSA' } });
    expect(Buffer.from(secrets.identitySecret, 'base64url')).toHaveLength(32);
    expect(await readDevelopmentSecrets(dir)).toEqual(secrets);
    expect((await stat(join(dir, 'secrets.json'))).mode & 0o777).toBe(0o600);
  });

  it('are refused in one sentence when the file is damaged', async () => {
    const dir = await createTemporaryFolder();
    await writeFile(join(dir, 'secrets.json'), '{"tokenSigningKey":');
    await expect(readDevelopmentSecrets(dir)).rejects.toThrow(
      `${join(dir, 'secrets.json')} cannot be read: delete it, and the next start creates another.`,
    );
  });

  it('have a key set of the public half alone, which is created again when it lacks the signing key', async () => {
    const dir = await createTemporaryFolder();
    const secrets = await readDevelopmentSecrets(dir);
    const { d: _private, ...publicKey } = secrets.tokenSigningKey;
    const path = await prepareKeySet(dir, secrets);
    const readKeys = async () => JSON.parse(await readFile(path, 'utf8'));
    expect(await readKeys()).toEqual({ keys: [publicKey] });
    await writeFile(path, '{"keys":[]}');
    await prepareKeySet(dir, secrets);
    expect(await readKeys()).toEqual({ keys: [publicKey] });
  });

  it('keep the other keys of their key set', async () => {
    const dir = await createTemporaryFolder();
    const secrets = await readDevelopmentSecrets(dir);
    const content = `{"keys":[{"kid":"another"},{"kid":"${secrets.tokenSigningKey.kid}"}]}`;
    await writeFile(join(dir, 'jwks.json'), content);
    expect(await readFile(await prepareKeySet(dir, secrets), 'utf8')).toBe(content);
  });
});

describe('the closing line of npm test', () => {
  const report = (numPassedTests: number, numFailedTests: number, rest: object = {}): string => {
    const others = { numPendingTests: 0, numTodoTests: 0, success: numFailedTests === 0, testResults: [], ...rest };
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
    expect(totals).toMatchObject({ passed: 5, failed: 1, skipped: 0, skipReasons: new Map(), missing: [] });
    expect(closingLine(totals)).toBe('5 passed, 1 failed');
  });

  it('counts skipped and todo tests', async () => {
    const root = await workspace({ 'packages/a': report(2, 0, { numPendingTests: 1, numTodoTests: 2 }) });
    expect(closingLine(addResults(root))).toBe('2 passed, 0 failed, 3 skipped');
  });

  it('names the reasons of skipped tests that have one', async () => {
    const assertionResults = [
      { fullName: 'opens', meta: { skipReason: 'a browser' } },
      { fullName: 'opens', meta: { skipReason: 'a browser' } },
      { fullName: 'reads', meta: {} },
    ];
    const root = await workspace({
      'packages/a': report(2, 0, {
        numPendingTests: 3,
        testResults: [{ name: 'a.test.ts', message: '', assertionResults }],
      }),
    });
    expect(closingLine(addResults(root))).toBe('2 passed, 0 failed, 3 skipped (2 for want of a browser)');
  });

  it('counts a test file that cannot be loaded as a failure', async () => {
    const root = await workspace({ 'packages/a': report(2, 0, { success: false }) });
    expect(addResults(root).failed).toBe(1);
  });

  it('comes after the names of the tests and files that failed, and of those that passed when they were tried again', async () => {
    const toResult = (fullName: string, status: string, ...failureMessages: readonly string[]) => ({
      ...{ fullName, status, failureMessages, meta: {} },
    });
    const root = await workspace({ 'packages/a': undefined });
    const file = (name: string, message: string, ...assertionResults: readonly object[]) => ({
      ...{ name: join(root, 'packages/a', name), message, assertionResults },
    });
    const failed = toResult('adds', 'failed', 'AssertionError: expected 1\n  to be 2\n    at add.ts:1:1');
    const testResults = [
      file('add.test.ts', '', failed, toResult('lists', 'passed', 'Error: late'), toResult('sorts', 'passed')),
      file('end.test.ts', 'No test causes 409.\n    at end.ts:1:1'),
    ];
    await writeFile(join(root, 'packages/a/test-results.json'), report(2, 1, { success: false, testResults }));
    expect(listNames(addResults(root))).toEqual([
      'Passed when they were tried again:',
      '  packages/a/add.test.ts › lists: Error: late',
      'Failed:',
      '  packages/a/add.test.ts › adds: AssertionError: expected 1 to be 2',
      '  packages/a/end.test.ts: No test causes 409.',
    ]);
  });

  it('boundary: comes after fifty names at most', () => {
    const failures = Array.from({ length: 52 }, (_, index) => `test ${index}`);
    const totals = { passed: 0, failed: 52, skipped: 0, failures, retries: [], skipReasons: new Map(), missing: [] };
    const lines = listNames(totals);
    expect(lines).toHaveLength(52);
    expect(lines.at(-1)).toBe('  and 2 more');
  });

  it('names packages whose tests left no result, old results not counting', async () => {
    const root = await workspace({ 'packages/a': report(2, 0), 'tooling/c': undefined });
    removeResults(root);
    expect(addResults(root)).toMatchObject({ passed: 0, missing: ['packages/a', 'tooling/c'] });
  });
});
