import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData, Package } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const source = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));

const program = `
import { createApi, unwrap } from '@plinth/service-actions';
import { placeOrder } from '@plinth/service-actions/orders';
import { getUser } from '@plinth/service-actions/users';

const api = createApi({
  baseUrl: 'https://api.example',
  fetch: async (url) => new Response(JSON.stringify({ name: url }), { headers: { etag: '"1"' } }),
});
const user = await unwrap(getUser(api, { id: 'u' }));
const name: string = user.name;
console.log(name);
export const place = async () => {
  const result = await placeOrder(api, { body: { customer: { reference: 'C-1' }, lines: [], shippingAddress: {} as never } });
  if (!result.ok && result.problem.code === 'out-of-stock') return result.problem.data.productId satisfies string;
  // @ts-expect-error -- the route has no such problem
  return !result.ok && result.problem.code === 'email-taken';
};
// @ts-expect-error -- the path has a parameter
export const missing = () => getUser(api, {});
`;

let folder: string;
let tarball: Buffer<ArrayBuffer>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-client-'));
  await run('pnpm', ['exec', 'tsdown'], { cwd: source });
  await run('pnpm', ['pack', '--out', join(folder, 'client.tgz')], { cwd: source });
  tarball = Buffer.from(await readFile(join(folder, 'client.tgz')));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Leaves out CommonJS and the resolution `node10`, which the package does not support: it is ESM and needs `exports`. */
const findTypeProblems = async (checked: Package): Promise<string[]> => {
  const result = await checkPackage(checked);
  const problems = result.types ? result.problems : [{ kind: 'NoTypes' }];
  return problems
    .filter((problem) => (problem as { resolutionKind?: string }).resolutionKind !== 'node10')
    .map(({ kind }) => kind)
    .filter((kind) => kind !== 'CJSResolvesToESM');
};

describe('the published package', () => {
  it('is clean under publint', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that every modern resolution finds', async () => {
    expect(await findTypeProblems(createPackageFromTarballData(new Uint8Array(tarball)))).toEqual([]);
  });

  it('would not be clean with a file that is missing, or with types of another module system', async () => {
    const exports = { '.': { types: './index.d.cts', default: './index.js' } };
    const files = {
      'package.json': JSON.stringify({ name: 'faulty', version: '1.0.0', type: 'module', exports }),
      'index.d.cts': 'export declare const one: number;',
    };
    const { messages } = await publint({
      pkgDir: 'package',
      pack: {
        files: Object.entries(files).map(([name, data]) => ({ name: `package/${name}`, data: Buffer.from(data) })),
      },
    });
    expect(messages).toContainEqual(expect.objectContaining({ code: 'FILE_DOES_NOT_EXIST' }));
    const packed = Object.entries({ ...files, 'index.js': 'export const one = 1;' });
    const faulty = Object.fromEntries(packed.map(([name, data]) => [`/node_modules/faulty/${name}`, data]));
    expect(await findTypeProblems(new Package(faulty, 'faulty', '1.0.0'))).toContain('FalseCJS');
  });

  it('is installed into an empty project, compiles there and runs', async () => {
    const project = join(folder, 'project');
    await run('mkdir', [project]);
    const write = (name: string, text: string) => writeFile(join(project, name), text);
    await write('package.json', JSON.stringify({ name: 'project', private: true, type: 'module' }));
    await run('pnpm', ['add', '--prefer-offline', join(folder, 'client.tgz')], { cwd: project });
    await write('main.ts', program);
    const compilerOptions = {
      strict: true,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom'],
      types: [],
      noEmit: true,
    };
    await write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['main.ts'] }));
    const compiled = await run(process.execPath, [compiler, '-p', '.'], { cwd: project }).catch(
      (error: { stdout: string }) => error,
    );
    expect(compiled.stdout).toBe('');
    const { stdout } = await run(process.execPath, ['main.ts'], { cwd: project });
    expect(stdout).toBe('https://api.example/v1/users/u\n');
    await write(
      'page.ts',
      "export { createApi } from '@plinth/service-actions'; export { placeOrder } from '@plinth/service-actions/orders';",
    );
    const { output } = await (await rolldown({ input: join(project, 'page.ts'), platform: 'browser' })).generate({
      minify: true,
    });
    expect(gzipSync(output[0].code).length).toBeLessThanOrEqual(2100);
  }, 60_000);
});
