import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const run = (...args: readonly string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

describe('npm run contracts', () => {
  it('compares the sources with a commit, without a network', { timeout: 120_000 }, () => {
    const { stdout, stderr } = run('diff', '--base', 'HEAD', '--json');
    expect(stderr).toBe('');
    // Changes that are not committed yet are found too.
    expect(JSON.parse(stdout)).toEqual(expect.any(Array));
  });

  it.each([
    [[], 'Name what to do: npm run contracts -- diff'],
    [['diff', '--base', 'nowhere'], "This clone has no commit 'nowhere' with a history in common."],
    [['diff', '--since'], 'The same command with --help lists what is accepted.'],
  ])('says what to do for %j', (args, message) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});
