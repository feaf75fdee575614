import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadOrExit, port, text } from './index.ts';

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
  it('reads .env, and a variable of the environment wins', () => {
    writeFileSync(join(root, '.env'), 'PLINTH_TEST_PORT=4000\nPLINTH_TEST_NAME=file\n');
    vi.stubEnv('PLINTH_TEST_NAME', 'environment');
    expect(loadOrExit(settings)).toEqual({ PLINTH_TEST_PORT: 4000, PLINTH_TEST_NAME: 'environment' });
    expect(stderr).not.toHaveBeenCalled();
  });

  it('reads the .env of the repository from the folder of an app, whose own .env wins', () => {
    const app = join(root, 'apps', 'one');
    mkdirSync(app, { recursive: true });
    writeFileSync(join(root, 'pnpm-workspace.yaml'), '');
    writeFileSync(join(root, '.env'), 'PLINTH_TEST_PORT=4000\nPLINTH_TEST_NAME=root\n');
    writeFileSync(join(app, '.env'), 'PLINTH_TEST_NAME=app\n');
    setDirectory(app);
    expect(loadOrExit(settings)).toEqual({ PLINTH_TEST_PORT: 4000, PLINTH_TEST_NAME: 'app' });
  });

  it('prints an unreadable .env together with all other issues, and exits with 1', () => {
    mkdirSync(join(root, '.env'));
    expect(() => loadOrExit(settings)).toThrow('exit 1');
    expect(stderr).toHaveBeenCalledExactlyOnceWith(`
The configuration has 2 issues:
  ${join(root, '.env')} cannot be read. Make it a readable text file, or remove it.
  PLINTH_TEST_PORT is missing. Set it to a port from 0 to 65535, for example: 3000

The program has not started. Every setting is explained in .env.example.

`);
  });

  it.each(['--help', '-h'])('prints the settings with their meaning for %s, and exits with 0', (flag) => {
    const argv = vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', join(root, 'src/main.ts'), flag]);
    expect(() => loadOrExit(settings)).toThrow('exit 0');
    argv.mockRestore();
    expect(stdout).toHaveBeenCalledExactlyOnceWith(`Usage: node src/main.ts [--help | --check]

--check reports every setting that cannot be used, and exits without starting anything.
Settings come from environment variables and from a .env file; a variable wins over the file.

PLINTH_TEST_PORT
  The port to listen on.
  a port from 0 to 65535; required

PLINTH_TEST_NAME
  The name.
  a text of at most 1000 characters; default one
`);
  });
});
