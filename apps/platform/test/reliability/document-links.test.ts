import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const table = new URL('../../../../docs/reliability.md', import.meta.url);

it('every test file that docs/reliability.md names exists', async () => {
  const text = await readFile(table, 'utf8');
  const named = [...text.matchAll(/\]\((\.\.\/[^)]+)\)/g)].map(([, path]) => String(path));
  expect(named.filter((path) => !existsSync(new URL(path, table)))).toEqual([]);
  expect(named.length).toBeGreaterThan(20);
});
