import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { artifacts } from '../src/artifacts/artifacts.ts';

const root = new URL('../../..', import.meta.url);

describe.each(Object.entries(artifacts()))('%s', (path, text) => {
  it('is what the code says: `npm run build` writes it', async () => {
    expect(await readFile(new URL(path, root), 'utf8')).toBe(text);
  });
});
