import { describe, expect, it } from 'vitest';
import { findInText } from '../src/check-texts.ts';

const inCode = (code: string, file = 'packages/mongo/src/a.ts'): string[] =>
  findInText(file, code).map(
    ({ offset, message }) => `${code.slice(0, offset).split('\n').length} ${/^"([^"]*)"/.exec(message)?.[1]}`,
  );
const inDocument = (text: string): string[] => inCode(text, 'docs/a.md');

describe('refuses', () => {
  it.each([
    ['// What is stored.', '1 What'],
    ['export const a = 1;\n/** Whoever reads this. */', '2 Whoever'],
    ['/** Returns it.\n * Who may read it. */', '2 Who'],
    ['/** @throws what is missing. */', '1 what'],
    ['// Such a row is skipped.', '1 Such'],
    ['// Makes what is stored.', '1 Makes what'],
    ['// The caller is told of it.', '1 told'],
    ['// The span tells of it.', '1 tells of'],
    ['// The key that was given.', '1 was given'],
    ['// The server is\n// asked twice.', '1 is asked'],
    ['const x = 1; // For nobody.', '1 nobody'],
    ['const aPerson = 1;', '1 Person'],
    ["throw new Error('Somebody took it.');", '1 Somebody'],
    ['const { people } = tenant;', '1 people'],
  ])('%j', (code, found) => {
    expect(inCode(code)).toContain(found);
  });

  it.each([
    ["it('what is stored stays', () => {});", '1 what'],
    ["it.each(cases)('who may read', () => {});", '1 who'],
    ["describe('a user', () => {\n  it('is told', () => {});\n});", '2 told'],
  ])('in test titles: %j', (code, found) => {
    expect(inCode(code, 'packages/mongo/src/a.test.ts')).toEqual([found]);
  });

  it.each([
    ['## What it does', '1 What'],
    ['A page.\n\n- Whoever reads it.', '3 Whoever'],
    ['| a | what it is |', '1 what'],
    ['It is fast. Such pages\nare rare.', '1 Such'],
    ['Two people work on it.', '1 people'],
    ['    code\n\nFor nobody.', '3 nobody'],
  ])('in documents: %j', (text, found) => {
    expect(inDocument(text)).toEqual([found]);
  });
});

it.each(['a: 1 # told\n# For nobody.\n', 'a: 1\n  // For nobody.\n'])('refuses in comments of settings: %j', (text) => {
  expect(inCode(text, 'turbo.json')).toEqual(['2 nobody']);
});

describe('accepts', () => {
  it.each([
    '// Returns what the driver returned.',
    '// The client that sent it, and whose key it is.',
    '// What if the lease is lost?',
    '// `What` is a name here; personal data, body, antibody.',
    'const whatever = someBody + personal;',
    "const text = 'What is told here is no comment';",
    "const url = 'https://what.example'; // The address.",
  ])('%j', (code) => {
    expect(inCode(code)).toEqual([]);
  });

  it.each(['    What code says\n', '```\nWhat code says, told\n```\n', 'See `What`.', 'Why? What now?'])(
    'in documents: %j',
    (text) => {
      expect(inDocument(text)).toEqual([]);
    },
  );
});
