import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';

const entryFile = fileURLToPath(new URL('../entry.ts', import.meta.url));

/** Bundles a module for a browser, as a frontend does. */
const bundle = async (text: string): Promise<string> => {
  const build = await rolldown({
    input: entryFile,
    platform: 'browser',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entryFile ? id : null),
        load: (id) => (id === entryFile ? text : null),
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm', minify: true });
  await build.close();
  return output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
};

const schemaCode = /safeParse|ZodObject/;
const core = "export { createApi } from './src/core/index.ts';";

it('one function is at most 2.1 kB', async () => {
  const code = await bundle(`${core} export { placeOrder } from './src/orders/index.ts';`);
  const bytes = gzipSync(code).length;
  console.info(`One function: ${bytes} bytes.`);
  expect(bytes).toBeLessThanOrEqual(2100);
  expect(code).toContain('/v1/orders');
  // Functions that are not imported are left out.
  expect(code).not.toContain('/v1/products');
});

it('all of the core with every function is at most 8 kB, without schemas and modules of Node', async () => {
  const code = await bundle(
    ['core', 'orders', 'users'].map((name) => `export * as ${name} from './src/${name}/index.ts';`).join('\n'),
  );
  const bytes = gzipSync(code).length;
  console.info(`Everything: ${bytes} bytes.`);
  expect(bytes).toBeLessThanOrEqual(8192);
  expect(code).not.toMatch(schemaCode);
  expect(code).not.toMatch(/\bfrom\s*["']|\bimport\s*\(|\brequire\(/);
});

it('finds the schemas of a bundle that imports a contract', async () => {
  expect(await bundle("export { usersContract } from '@plinth/service-contracts/users';")).toMatch(schemaCode);
});
