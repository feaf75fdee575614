import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createArtifacts } from '../src/artifacts/artifacts.ts';

const root = new URL('../../..', import.meta.url);

describe.each(Object.entries(createArtifacts()))('%s', (path, text) => {
  it('equals what `npm run build` writes', async () => {
    const advice = `${path} is not what the sources say. Run \`npm run build\` and commit its changes.`;
    expect(await readFile(new URL(path, root), 'utf8'), advice).toBe(text);
  });
});
