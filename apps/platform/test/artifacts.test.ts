import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createArtifacts } from '../src/artifacts/artifacts.ts';

const root = new URL('../../..', import.meta.url);

describe.each(Object.entries(createArtifacts()))('%s', (path, text) => {
  it('equals what `npm run build` writes', async () => {
    expect(await readFile(new URL(path, root), 'utf8')).toBe(text);
  });
});
