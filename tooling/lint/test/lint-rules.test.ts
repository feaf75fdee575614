import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pureLayers } from '../src/layers.ts';
import { runTool } from '../src/workspace.ts';
import { addLintConfig, createTree } from './tree.ts';

/** Code that oxlint refuses, and a part of the message. */
type Refused = { file: string; code: string; rule: string; says: string };

const lines = (count: number, line: string): string => `${line}\n`.repeat(count);

const action = { dir: 'packages/actions/src/orders' };
const core = { dir: `packages/${pureLayers[0]}/src` };
const kit = { dir: 'packages/service-kit/src' };
const service = { dir: 'apps/svc-orders/src' };

let count = 0;
const refuse =
  ({ dir }: { dir: string }, rule: string) =>
  (code: string, says: string): Refused => ({ file: `${dir}/case-${++count}.ts`, code: `${code}\n`, rule, says });

const imports = 'eslint(no-restricted-imports)';
const properties = 'eslint(no-restricted-properties)';
const globals = 'eslint(no-restricted-globals)';
const hiddenNow = 'plinth(no-hidden-now)';
const promise = 'const wait = async (): Promise<void> => {};\n';

const environment: readonly Refused[] = [
  refuse(service, imports)(
    `import { env } from 'node:process'; export const a = env;`,
    'Only packages/config reads process.env',
  ),
  refuse(service, imports)(
    `import process from 'node:process'; export const a = process.env;`,
    'Only packages/config reads process.env',
  ),
];

const ambient: readonly Refused[] = [
  refuse(service, properties)(`export const a = process.env['PORT'];`, 'take `config` from deps'),
  refuse(kit, properties)(`export const { env } = process;`, 'Only packages/config reads process.env'),
  refuse(action, properties)(`export const a = Date.now();`, 'Date.now() hides a clock: take `clock` from deps.'),
  refuse(core, properties)(`export const { now } = Date;`, 'Date.now() hides a clock'),
  refuse(core, properties)(`export const a = Math.random();`, 'Math.random() hides randomness: take `ids` from deps.'),
  refuse(action, properties)(`export const a = crypto.randomUUID();`, 'crypto.randomUUID() hides randomness'),
  refuse(action, properties)(`export const a = crypto.getRandomValues(new Uint8Array(1));`, 'hides randomness'),
  refuse(action, hiddenNow)(`export const a = new Date();`, 'new Date() hides a clock: take `clock` from deps.'),
  refuse({ dir: 'packages/models/src/orders' }, hiddenNow)(`export const a = Date();`, 'hides a clock'),
  refuse(action, globals)(`console.log('a');`, 'take `log` from deps'),
  refuse(kit, globals)(`console.log('a');`, 'console bypasses redaction and trace ids'),
  refuse(action, globals)(`export const a = process.argv;`, 'process hides a dependency'),
  refuse(action, globals)(`export const a = globalThis.Date.now();`, 'globalThis hides a dependency'),
  refuse(action, globals)(`export const a = performance.now();`, 'performance hides a clock'),
  refuse(action, globals)(`export const a = fetch('https://a.example');`, 'fetch hides a dependency'),
  refuse({ dir: 'packages/models/src/orders' }, globals)(`setTimeout(() => {}, 1);`, 'setTimeout hides a clock'),
  refuse({ dir: 'packages/dtos/src/orders' }, globals)(`setInterval(() => {}, 1);`, 'setInterval hides a clock'),
  refuse({ dir: 'packages/contracts/src/orders' }, hiddenNow)(`export const a = new Date();`, 'hides a clock'),
  refuse({ dir: 'packages/service-contracts/src/orders' }, hiddenNow)(`export const a = new Date();`, 'hides a clock'),
];

// The rules follow the folder, not the ending of the file.
const endings: readonly Refused[] = ['mjs', 'mts', 'js'].map((ending) => ({
  file: `packages/actions/src/orders/ending.${ending}`,
  code: 'export const a = Date.now();\n',
  rule: properties,
  says: 'Date.now() hides a clock',
}));

const habits: readonly Refused[] = [
  refuse(kit, 'typescript(no-floating-promises)')(`${promise}wait();`, 'Promises must be awaited'),
  refuse(kit, 'typescript(no-misused-promises)')(`${promise}[1].forEach(wait);`, 'Promise returned'),
  refuse(kit, 'typescript(no-misused-promises)')(
    `${promise}export const a = wait() ? 1 : 2;`,
    'Expected non-Promise value',
  ),
  refuse(kit, 'typescript(await-thenable)')(`export const a = await 1;`, '`await` of a non-Promise'),
  refuse(kit, 'typescript(no-explicit-any)')(`export const a = (b: any): unknown => b;`, 'any'),
  refuse(kit, 'typescript(consistent-type-imports)')(
    `import { ZodType } from 'zod'; export type A = ZodType;`,
    'only used as types',
  ),
  refuse(kit, 'typescript(consistent-type-imports)')(
    `export type A = import('zod').ZodType;`,
    'type annotations are forbidden',
  ),
  refuse(kit, 'typescript(ban-ts-comment)')(
    `// @ts-expect-error\nexport const a: string = 1;`,
    'Include a description',
  ),
  refuse(kit, 'typescript(ban-ts-comment)')(
    `// @ts-ignore -- it is in the way\nexport const a: string = 1;`,
    '@ts-ignore',
  ),
  refuse(kit, 'eslint(eqeqeq)')(`export const a = (b: number): boolean => b == 1;`, '==='),
  refuse(kit, 'eslint(no-param-reassign)')(`export const a = (b: number): number => { b += 1; return b; };`, 'b'),
  refuse(kit, 'eslint(max-lines)')(lines(301, 'export {};'), '300'),
  refuse(kit, 'eslint(max-lines-per-function)')(`export const a = () => {\n${lines(51, '  a();')}};`, '50'),
  refuse(kit, 'eslint(max-params)')(
    `export const a = (b: 1, c: 2, d: 3, e: 4): unknown => [b, c, d, e];`,
    'Maximum allowed is 3',
  ),
  refuse(kit, 'eslint(max-params)')(
    `export function a(b: 1, c: 2, d: 3, e: 4): unknown { return [b, c, d, e]; }`,
    'Maximum allowed is 3',
  ),
  refuse(action, 'plinth(no-export-star)')(`export * from './place-order.ts';`, 'name the exports'),
  refuse(kit, 'plinth(no-export-star)')(`export * as all from 'zod';`, 'name the exports'),
  refuse(action, 'import(no-dynamic-require)')(
    `export const a = (name: string): Promise<unknown> => import(\`@plinth/\${name}\`);`,
    'literal string',
  ),
  refuse(kit, 'plinth(no-shared-cleanup)')(
    `import { it, onTestFinished } from 'vitest';\nit.concurrent('a', () => onTestFinished(() => {}));`,
    'take it from the test',
  ),
  refuse(kit, '')(
    `// oxlint-disable-next-line eqeqeq -- for no reason at all\nexport const a = 1;`,
    'Unused oxlint-disable',
  ),
  refuse(kit, 'eslint(eqeqeq)')(
    `// eslint-disable-next-line eqeqeq\nexport const a = (b: number): boolean => b == 1;`,
    '===',
  ),
];

const refused = [...environment, ...ambient, ...endings, ...habits];

/** Code that looks like the above and is allowed. */
const accepted: readonly { file: string; code: string }[] = [
  { file: 'tooling/docker/src/home.ts', code: `export const a = process.env['A'];\nexport const b = import(a ?? '');` },
  { file: 'apps/svc-orders/src/home.ts', code: `console.log('a');` },
  { file: 'packages/config/src/home.ts', code: `export const a = process.env['A'];` },
  { file: 'packages/service-kit/src/clock.ts', code: `export const clock = () => new Date(Date.now());` },
  {
    file: 'packages/actions/src/orders/fine.ts',
    code: `export const a = new Date('2026-01-31');\nexport const b = a.getTime();`,
  },
  {
    file: 'packages/actions/src/orders/fine.test.ts',
    code: `export const a = new Date();\nconsole.log(a, Date.now());\n${lines(60, '')}`,
  },
  {
    file: `${core.dir}/cleanup.test.ts`,
    code: `import { it, onTestFinished } from 'vitest';\nit('a', () => onTestFinished(() => {}));`,
  },
  {
    file: `${core.dir}/concurrent.test.ts`,
    code: `import { it } from 'vitest';\nit.concurrent('a', ({ onTestFinished }) => onTestFinished(() => {}));`,
  },
  { file: `${core.dir}/fine.ts`, code: `export const b = [1].reduce((a, c, d) => a + c + d, 0);` },
];

type Diagnostic = { code?: string; message: string; help?: string; filename: string; severity: string };

const tree = createTree();
let code = 0;
let filesSeen = 0;
let diagnostics: readonly Diagnostic[] = [];

const lint = async (paths: string[]) => await runTool(tree.dir, 'oxlint', '--format=json', ...paths);

beforeAll(async () => {
  addLintConfig(tree);
  for (const { file, code: content } of [...refused, ...accepted]) tree.write(file, content);
  const outcome = await lint(['apps', 'packages', 'tooling/docker']);
  code = outcome.code;
  const report = JSON.parse(outcome.output) as { diagnostics: Diagnostic[]; number_of_files: number };
  diagnostics = report.diagnostics;
  filesSeen = report.number_of_files;
}, 60_000);
afterAll(tree.remove);

const findingsIn = (file: string) => diagnostics.filter(({ filename }) => filename === file);
const toText = ({ message, help = '' }: Diagnostic): string => `${message} ${help}`;

it('reads every fixture, and fails', () => {
  expect(filesSeen).toBe(refused.length + accepted.length);
  expect(code).toBe(1);
});

describe('refuses', () => {
  it.each(refused)('$rule in $file: $says', ({ file, rule, says }) => {
    const messages = findingsIn(file)
      .filter((finding) => (finding.code ?? '') === rule)
      .map(toText);
    expect(messages).toContainEqual(expect.stringContaining(says));
  });
});

describe('accepts', () => {
  it.each(accepted)('$file', ({ file }) => {
    expect(findingsIn(file)).toEqual([]);
  });

  it('a tree without findings, with exit code 0', async () => {
    const clean = await lint(accepted.map(({ file }) => file));
    expect(clean).toMatchObject({ code: 0, output: expect.stringContaining(`"number_of_files": ${accepted.length}`) });
  });
});
