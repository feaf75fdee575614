import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runVerb } from './helpers.ts';

const { scripts } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));
const verbs = [
  'start',
  'test',
  'bench',
  'load',
  'drill',
  'token',
  'keys',
  'db',
  'build',
  'lint',
  'typecheck',
  'format',
];

it('every script of the root package runs its verb', () => {
  expect(scripts).toEqual(Object.fromEntries(verbs.map((verb) => [verb, `exec node tooling/bootstrap.mjs ${verb}`])));
});

describe('help', () => {
  it.each(verbs)('of %s has its form, its purpose and its options', async (verb) => {
    const { code, stdout, stderr } = await runVerb(verb, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: npm (run )?${verb}\\b.*\\n\\n[A-Z].*\\.\\n`));
    expect(await runVerb(verb, '-h')).toEqual({ code, stdout, stderr });
  });

  it('lists all verbs', async () => {
    const { code, stdout } = await runVerb('--help');
    expect(code).toBe(0);
    expect([...stdout.matchAll(/^ {2}npm (?:run )?(\w+) {2,}[A-Z].*\.$/gm)].map(([, verb]) => verb)).toEqual(verbs);
  });

  it('follows an unknown verb', async () => {
    const { stdout: list } = await runVerb('--help');
    expect(await runVerb('fly')).toEqual({ code: 1, stdout: '', stderr: `There is no command "fly".\n\n${list}` });
  });
});
