import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { integer, port, text } from './kinds.ts';
import type { Surroundings } from './load-or-exit.ts';
import { loadOrExit } from './load-or-exit.ts';

const settings = {
  PLINTH_TEST_PORT: port('Where the API listens.'),
  PLINTH_TEST_NAME: text('What it is called.', { example: 'one', optional: true }),
};

let root: string;
let printed: string[];
const within = (directory: string): Surroundings => ({
  directory,
  stderr: { write: (line) => printed.push(line) },
  exit: (code) => {
    throw new Error(`exit ${code}`);
  },
});

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plinth-config-'));
  printed = [];
});

afterEach(() => {
  rmSync(root, { recursive: true });
  for (const name of Object.keys(settings)) delete process.env[name];
});

describe('loadOrExit', () => {
  it('prints the faults as a block and exits with 1', () => {
    expect(() => loadOrExit(settings, within(root))).toThrow('exit 1');
    expect(printed.join('')).toContain('\n  PLINTH_TEST_PORT is missing. Set it to a port from 0 to 65535');
  });

  it('reads .env, over which the environment wins', () => {
    writeFileSync(join(root, '.env'), 'PLINTH_TEST_PORT=4000\nPLINTH_TEST_NAME=file\n');
    process.env['PLINTH_TEST_NAME'] = 'environment';
    expect(loadOrExit(settings, within(root))).toEqual({ PLINTH_TEST_PORT: 4000, PLINTH_TEST_NAME: 'environment' });
    expect(printed).toEqual([]);
  });

  it('reads the .env of the repository from within an app, whose own .env wins', () => {
    const app = join(root, 'apps', 'one');
    mkdirSync(app, { recursive: true });
    writeFileSync(join(root, 'pnpm-workspace.yaml'), '');
    writeFileSync(join(root, '.env'), 'PLINTH_TEST_PORT=4000\nPLINTH_TEST_NAME=root\n');
    writeFileSync(join(app, '.env'), 'PLINTH_TEST_NAME=app\n');
    expect(loadOrExit(settings, within(app))).toEqual({ PLINTH_TEST_PORT: 4000, PLINTH_TEST_NAME: 'app' });
  });

  it('says so when .env cannot be read', () => {
    mkdirSync(join(root, '.env'));
    expect(() => loadOrExit(settings, within(root))).toThrow('exit 1');
    expect(printed.join('')).toContain('.env cannot be read.');
  });

  it('lets a mistake in the declarations through as it is', () => {
    expect(() => loadOrExit({ lower: integer('A number.') }, within(root))).toThrow(TypeError);
  });

  it('needs no surroundings when nothing is wrong', () => {
    process.env['PLINTH_TEST_PORT'] = '4001';
    expect(loadOrExit(settings).PLINTH_TEST_PORT).toBe(4001);
  });
});
