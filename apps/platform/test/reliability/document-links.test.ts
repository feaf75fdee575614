import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const docs = new URL('../../../../docs/', import.meta.url);

/** Returns the files to which a document links. */
const listLinks = (document: string): readonly URL[] => {
  const url = new URL(document, docs);
  const links = readFileSync(url, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g);
  return [...links].map(([, path = '']) => new URL(path, url));
};

it('docs/reliability.md names test files', () => {
  const tests = listLinks('reliability.md').filter(({ pathname }) => pathname.endsWith('.test.ts'));
  expect(tests.length).toBeGreaterThan(20);
});

const guides = globSync('guides/**/*.md', { cwd: fileURLToPath(docs) });

it.each(['reliability.md', ...guides])('every file that docs/%s names exists', (document) => {
  expect(listLinks(document).filter((link) => !existsSync(link))).toEqual([]);
});
