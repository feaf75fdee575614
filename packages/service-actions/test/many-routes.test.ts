import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));
// Neither linted nor a part of the repository.
const folder = new URL('../node_modules/.many-routes/', import.meta.url);

const routesPerContract = 20;

const contractText = (name: string): string => `
import { defineContract, defineErrors, definePermissions, defineRoute } from '@plinth/contract-kit';
import { z } from 'zod';
const Thing = z.object({ id: z.string(), version: z.int(), name: z.string(), tags: z.array(z.string()), at: z.iso.datetime(),
  price: z.object({ amount: z.int(), currency: z.string() }), note: z.string().optional(), status: z.enum(['${name}', 'b', 'c']) });
const Params = z.object({ id: z.string() });
const Body = Thing.omit({ id: true, version: true });
const errors = defineErrors('${name}', {
  outOfStock: { status: 409, title: 'A', fix: 'B', data: z.object({ productId: z.string() }) },
  alreadyDone: { status: 409, title: 'A', fix: 'B' },
});
const permissions = definePermissions('${name}', { '${name}:write': { title: 'A', roles: ['owner'] } });
export const ${name}Contract = defineContract('${name}', { permissions, routes: {
${Array.from(
  { length: routesPerContract },
  (_, index) =>
    `  change${index}: defineRoute({ method: 'PATCH', path: '/v1/${name}/:id/r${index}', summary: 'A', auth: { policy: '${name}:write' }, params: Params, body: Body, responses: { 200: Thing }, errors: [errors.outOfStock, errors.alreadyDone] }),`,
).join('\n')}
} });`;

const clientText = (name: string): string => `
import { type Api, createAction, type RouteOf } from '../../src/core/index.ts';
import type { ${name}Contract } from './${name}-contract.ts';
${Array.from(
  { length: routesPerContract },
  (_, index) => `
export const change${index} = createAction<RouteOf<typeof ${name}Contract, 'change${index}'>>({ name: 'PATCH /v1/${name}/:id/r${index}', domain: '${name}' });
export const use${index} = async (api: Api, body: any) => {
  const result = await change${index}(api, { id: 'a', body, ifMatch: 1 });
  return result.ok ? result.data.price.amount : result.problem.code === 'out-of-stock' ? result.problem.data.productId : result.status;
};`,
).join('\n')}`;

const contractCount = 15;
const names = Array.from({ length: contractCount }, (_, index) => `things${index}`);

beforeAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    await writeFile(new URL(`${name}-contract.ts`, folder), contractText(name));
    await writeFile(new URL(`${name}.ts`, folder), clientText(name));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('300 routes compile, and each costs few instantiations of types', { timeout: 60_000 }, async () => {
  const config = new URL('tsconfig.json', folder);
  const base = fileURLToPath(new URL('../../../tsconfig.base.json', import.meta.url));
  const files = names.map((name) => `${name}.ts`);
  await writeFile(config, JSON.stringify({ extends: base, compilerOptions: { types: ['node'] }, files }));
  const { stdout } = await run(process.execPath, [
    compiler,
    '-p',
    fileURLToPath(config),
    '--extendedDiagnostics',
  ]).catch((error: { stdout: string }) => Promise.reject(new Error(error.stdout)));
  const read = (label: string): number => Number(new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(stdout)?.[1]);
  const perRoute = Math.round(read('Instantiations') / (contractCount * routesPerContract));
  // Seconds depend on the machine; the instantiations that cause them do not. Zod alone has 340,000 of them.
  console.info(`300 routes: checked in ${read('Check time')} s, ${perRoute} instantiations each.`);
  expect(perRoute).toBeLessThan(3500);
});
