import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createDocsScript } from './docs-script.ts';

it('is read once, and again after a read that failed', async () => {
  const results = [Promise.reject(new Error('too many open files')), Promise.resolve('scalar();')];
  let reads = 0;
  const script = createDocsScript(async () => {
    reads += 1;
    return results[reads - 1] as Promise<string>;
  });
  await expect(script.gzip()).rejects.toThrow('too many open files');
  expect(gunzipSync(await script.gzip()).toString()).toContain('scalar();');
  expect((await script.identity()).toString()).toContain('scalar();');
  expect(reads).toBe(2);
});
