import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LoadOptions, loadOrExit, port, secret, text } from './index.ts';

const settings = {
  PLINTH_TEST_PORT: port().meta({ description: 'The port to listen on.' }),
  PLINTH_TEST_NAME: text().default('one').meta({ description: 'The name.' }),
};

let root: string;
const stdout = vi.spyOn(process.stdout, 'write');
const stderr = vi.spyOn(process.stderr, 'write');
const exit = vi.spyOn(process, 'exit');

const setDirectory = (directory: string): void => void vi.spyOn(process, 'cwd').mockReturnValue(directory);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plinth-config-'));
  setDirectory(root);
  vi.stubEnv('PLINTH_TEST_PORT', undefined);
  vi.stubEnv('PLINTH_TEST_NAME', undefined);
  vi.stubEnv('PLINTH_TEST_SECRET', undefined);
  for (const stream of [stdout, stderr]) stream.mockClear().mockReturnValue(true);
  exit.mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
});

afterEach(() => {
  rmSync(root, { recursive: true });
  vi.unstubAllEnvs();
});

describe('loadOrExit', () => {
  it('reads .env, and a variable of the environment wins', async () => {
    writeFileSync(join(root, '.env'), 'PLINTH_TEST_PORT=4000\nPLINTH_TEST_NAME=file\n');
    vi.stubEnv('PLINTH_TEST_NAME', 'environment');
    expect(await loadOrExit(settings)).toEqual({ PLINTH_TEST_PORT: 4000, PLINTH_TEST_NAME: 'environment' });
    expect(stderr).not.toHaveBeenCalled();
  });

  it('reads the .env of the repository from the folder of an app, whose own .env wins', async () => {
    const app = join(root, 'apps', 'one');
    mkdirSync(app, { recursive: true });
    writeFileSync(join(root, 'pnpm-workspace.yaml'), '');
    writeFileSync(join(root, '.env'), 'PLINTH_TEST_PORT=4000\nPLINTH_TEST_NAME=root\n');
    writeFileSync(join(app, '.env'), 'PLINTH_TEST_NAME=app\n');
    setDirectory(app);
    expect(await loadOrExit(settings)).toEqual({ PLINTH_TEST_PORT: 4000, PLINTH_TEST_NAME: 'app' });
  });

  it('prints an unreadable .env together with all other issues, and exits with 1', async () => {
    mkdirSync(join(root, '.env'));
    await expect(loadOrExit(settings)).rejects.toThrow('exit 1');
    expect(stderr).toHaveBeenCalledExactlyOnceWith(`
The configuration has 2 issues:
  ${join(root, '.env')} cannot be read. Make it a readable text file, or remove it.
  PLINTH_TEST_PORT is missing. Set it to a port from 0 to 65535, for example: 3000

The program has not started. Every setting is explained in .env.example.

`);
  });

  it.each(['--help', '-h'])('prints the settings with their meaning for %s, and exits with 0', async (flag) => {
    const argv = vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', join(root, 'src/main.ts'), flag]);
    await expect(loadOrExit(settings)).rejects.toThrow('exit 0');
    argv.mockRestore();
    expect(stdout).toHaveBeenCalledExactlyOnceWith(`Usage: node src/main.ts [--help | --check]

--check reports every setting that cannot be used, and exits without starting anything.
Settings come from environment variables and from a .env file; a variable wins over the file.
Each setting can also be read from a file: <NAME>_FILE is the path of a file that contains <NAME>.

PLINTH_TEST_PORT
  The port to listen on.
  a port from 0 to 65535; required

PLINTH_TEST_NAME
  The name.
  a text of at most 1000 characters; default one
`);
  });
});

describe('a store of secrets', () => {
  const stored = {
    ...settings,
    PLINTH_TEST_SECRET: secret().meta({ description: 'A secret.' }),
    PLINTH_TEST_KEY: text().optional().meta({ description: 'A key.' }),
  };
  const PLINTH_TEST_SECRET = 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe';
  const loadStored = (options: LoadOptions<typeof stored>) => loadOrExit(stored, options);

  it('is read once, for the settings that neither a variable nor a file sets', async () => {
    writeFileSync(join(root, 'key'), 'of a file\n');
    vi.stubEnv('PLINTH_TEST_PORT', '4000');
    vi.stubEnv('PLINTH_TEST_KEY_FILE', join(root, 'key'));
    const getSecrets = vi.fn(async () => ({ PLINTH_TEST_SECRET, PLINTH_TEST_PORT: '5000', PATH: 'never read' }));
    expect(await loadStored({ getSecrets })).toEqual({
      PLINTH_TEST_PORT: 4000,
      PLINTH_TEST_NAME: 'one',
      PLINTH_TEST_SECRET,
      PLINTH_TEST_KEY: 'of a file',
    });
    expect(getSecrets).toHaveBeenCalledExactlyOnceWith(['PLINTH_TEST_NAME', 'PLINTH_TEST_SECRET']);
  });

  it('is checked like a variable, and its failure is reported with all other issues', async () => {
    const getSecrets = async () => ({ PLINTH_TEST_PORT: '4000', PLINTH_TEST_SECRET: 'change-me' });
    await expect(loadStored({ getSecrets })).rejects.toThrow('exit 1');
    expect(stderr).toHaveBeenLastCalledWith(expect.stringContaining('PLINTH_TEST_SECRET is a placeholder.'));
    vi.stubEnv('PLINTH_TEST_PORT', 'abc');
    await expect(loadStored({ getSecrets: () => Promise.reject(new Error('403')) })).rejects.toThrow('exit 1');
    const printed = stderr.mock.lastCall?.[0];
    for (const issue of ['The store of secrets cannot be read (403). ', 'PLINTH_TEST_PORT is not valid. ']) {
      expect(printed).toContain(`  ${issue}`);
    }
  });
});

describe('a check', () => {
  it('receives the valid settings and the files that were read, and its issues come with all others', async () => {
    writeFileSync(join(root, '.env'), 'PLINTH_TEST_PORT=abc\n');
    const check = vi.fn(() => [{ name: 'PLINTH_TEST_NAME', problem: 'is one', fix: 'Choose another.' }]);
    await expect(loadOrExit(settings, { check })).rejects.toThrow('exit 1');
    expect(check).toHaveBeenCalledExactlyOnceWith({ PLINTH_TEST_NAME: 'one' }, { envFiles: [join(root, '.env')] });
    expect(stderr.mock.lastCall?.[0]).toMatch(
      /has 2 issues:\n {2}PLINTH_TEST_PORT is not valid\. .*\n {2}PLINTH_TEST_NAME is one\. Choose another\.\n/,
    );
  });
});
