import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCommand } from './helpers.ts';

const { scripts } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));
const commands = [
  'start',
  'test',
  'bench',
  'load',
  'drill',
  'test:faults',
  'token',
  'keys',
  'db',
  'audit',
  'jobs',
  'contracts',
  'gen',
  'shell',
  'build',
  'lint',
  'typecheck',
  'format',
];

it('every script of the root package runs the command of its name', () => {
  expect(scripts).toEqual(
    Object.fromEntries(commands.map((command) => [command, `exec node tooling/bootstrap.mjs ${command}`])),
  );
});

it('shell runs a program with the tools of the packages on PATH, and its exit code', async () => {
  const { code, stdout } = await runCommand('shell', 'sh', '-c', 'command -v vitest && exit 3');
  expect(code).toBe(3);
  expect(stdout).toMatch(/node_modules\/\.bin\/vitest\n$/);
}, 60_000);

describe('help', () => {
  it.each(['start', 'load', 'bench', 'drill', 'test:faults', 'token', 'keys', 'db', 'jobs', 'contracts', 'gen'])(
    'is named when an option of %s is unknown',
    async (command) => {
      const { code, stdout, stderr } = await runCommand(command, '--unknown');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      // A slow installation is announced before.
      expect(stderr).toMatch(/^Unknown option '--unknown'.*\n(?:Usage: npm |The same command with --help)/m);
    },
    60_000,
  );

  it.each(commands)('of %s has its form, its purpose and its options', async (command) => {
    const { code, stdout, stderr } = await runCommand(command, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: npm (run )?${command}\\b.*\\n\\n[A-Z].*\\.\\n`));
  });

  it('is printed for -h as well', async () => {
    expect(await runCommand('start', '-h')).toEqual(await runCommand('start', '--help'));
  });

  it('lists all commands', async () => {
    const { code, stdout } = await runCommand('--help');
    expect(code).toBe(0);
    expect([...stdout.matchAll(/^ {2}npm (?:run )?([\w:]+) {2,}[A-Z].*\.$/gm)].map(([, command]) => command)).toEqual(
      commands,
    );
  });

  it('follows an unknown command', async () => {
    const { stdout: list } = await runCommand('--help');
    expect(await runCommand('fly')).toEqual({ code: 1, stdout: '', stderr: `There is no command "fly".\n\n${list}` });
  });
});
