import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cruiseFolder } from '../src/check-imports.ts';
import { layerNames, visibleFrom, visibleFromTests } from '../src/import-rules.ts';
import { browserSafe, databases, domainLayers, pureLayers } from '../src/layers.ts';
import { createTree } from './tree.ts';

const tree = createTree();
afterAll(tree.remove);

const npmPackages = ['zod', 'lodash', 'mongodb', 'ioredis', 'bullmq', 'fastify', '@fastify/helmet', 'vitest'];
npmPackages.push('@opentelemetry/api', 'prom-client', 'undeclared');

/** A folder for each name of the table. */
const toFolder = (name: string): string =>
  name.includes('/') ? name.replace('svc-*', 'svc-orders').replace('*', 'lint') : `packages/${name}`;
const toPackageName = (name: string): string => `@plinth/${toFolder(name).replace(/^\w+\//, '')}`;
const isDomainLayer = (name: string): boolean => domainLayers.includes(name);

function addPackage(folder: string, exports: Record<string, string>): void {
  const dependencies = Object.fromEntries(npmPackages.slice(0, -1).map((name) => [name, '*']));
  const name = `@plinth/${folder.replace(/^\w+\//, '')}`;
  tree.write(`${folder}/package.json`, { name, exports, dependencies });
  const link = join(tree.dir, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(tree.dir, folder), link);
}

/** The specifier by which a package of the table is imported. */
const toSpecifier = (name: string): string => {
  if (isDomainLayer(name)) return `${toPackageName(name)}/orders`;
  return name === 'apps/svc-*' ? '@plinth/svc-orders/module' : toPackageName(name);
};

/** A rule that product code or test code of one layer breaks by importing another. */
type Pair = { from: string; to: string; file: string };
const pairs = (suffix: string): Pair[] =>
  layerNames.flatMap((from) =>
    layerNames
      .filter((to) => toFolder(to) !== toFolder(from))
      .map((to) => {
        const domain = isDomainLayer(from) ? 'orders/' : '';
        const file = `${toFolder(from)}/src/${domain}on-${to.replaceAll(/\W+/g, '-')}${suffix}`;
        return { from, to, file };
      }),
  );
const productPairs = pairs('.ts');
const testPairs = pairs('.test.ts');
const isIn = (visible: Set<string>, name: string): boolean =>
  visible.has(name) || (name.startsWith('tooling/') && visible.has('tooling/*'));
const mayProduct = ({ from, to }: Pair): boolean => isIn(visibleFrom(from), to);
const mayTest = ({ from, to }: Pair): boolean =>
  isIn(from.startsWith('tooling/') ? visibleFrom(from) : visibleFromTests(from), to);

const core = `packages/${pureLayers[0]}/src`;
const action = 'packages/actions/src/orders';
const service = 'apps/svc-orders/src';
const host = 'apps/platform/src';

type Case = { file: string; code: string; rule: string };
let count = 0;
const on = (folder: string, specifier: string, rule: string): Case => ({
  file: `${folder}/case-${++count}.ts`,
  code: `import '${specifier}';`,
  rule,
});
const refused: readonly Case[] = [
  on(action, '@plinth/models/users', 'own-domain'),
  on('packages/dtos/src/orders', '@plinth/dtos/users', 'own-domain'),
  { file: `${action}/other.test.ts`, code: `import '@plinth/models/users';`, rule: 'own-domain' },
  { file: `${action}/type.ts`, code: `import type { A } from '@plinth/models/users';`, rule: 'own-domain' },
  { file: `${action}/export.ts`, code: `export { a } from '@plinth/models/users';`, rule: 'own-domain' },
  { file: `${action}/dynamic.ts`, code: `export const a = import('@plinth/models/users');`, rule: 'own-domain' },
  on(action, '../users/index.ts', 'own-domain'),
  on(action, '../shared.ts', 'own-domain'),
  on(service, '@plinth/actions/users', 'own-domain'),
  on(service, '@plinth/service-contracts/users', 'own-domain'),
  { file: `${service}/module.ts`, code: `import '@plinth/models/users';`, rule: 'wired-domain' },
  on(service, '@plinth/svc-users/module', 'host-module'),
  on('apps/svc-orders/test', '@plinth/svc-users/module', 'host-module'),
  on(host, '@plinth/models/orders', 'host-domain'),
  on(action, '@plinth/dtos/orders/deep', 'public-entry'),
  on(host, '@plinth/svc-orders/config', 'public-entry'),
  on(action, '@plinth/models', 'resolvable'),
  on(action, `@plinth/${pureLayers[0]}/src/index.ts`, 'resolvable'),
  on(action, 'left-pad', 'resolvable'),
  on('packages/mongo/src', 'undeclared', 'declared'),
  on('packages/mongo/src', '../../utils/src/index.ts', 'other-files'),
  on('packages/novelty/src', 'zod', 'known-package'),
  on('packages/mongo/src', 'vitest', 'test-code'),
  on(service, '@plinth/auth/testing', 'test-code'),
  on(service, '@plinth/actions/orders/testing', 'test-code'),
  on(host, '../test/host.ts', 'test-code'),
  on(core, 'node:buffer', 'browser-safe-node'),
  on('packages/dtos/src/orders', 'fs', 'browser-safe-node'),
  on('apps/console/src', 'node:path', 'browser-safe-node'),
  { file: 'apps/console/src/screen.tsx', code: `import 'mongodb';`, rule: 'driver mongodb|mongodb-memory-server-core' },
  on(action, 'lodash', 'browser-safe-npm'),
  on(service, 'mongodb', 'driver mongodb|mongodb-memory-server-core'),
  on('packages/redis/src', 'mongodb', 'driver mongodb|mongodb-memory-server-core'),
  on('packages/service-kit/src', 'ioredis', 'driver ioredis|bullmq'),
  on('packages/mongo/src', 'bullmq', 'driver ioredis|bullmq'),
  on('packages/auth/src', 'fastify', 'driver fastify|fastify-[^/]+|@fastify/[^/]+'),
  on(`${databases}/src`, '@fastify/helmet', 'driver fastify|fastify-[^/]+|@fastify/[^/]+'),
  on('packages/service-kit/src', '@opentelemetry/api', 'driver @opentelemetry/[^/]+|prom-client'),
  on('packages/mongo/src', 'prom-client', 'driver @opentelemetry/[^/]+|prom-client'),
  { file: 'packages/auth/src/cycle-a.ts', code: `import './cycle-b.ts';`, rule: 'no-circular' },
  { file: 'packages/auth/src/type-cycle-a.ts', code: `import type {} from './type-cycle-b.ts';`, rule: 'no-circular' },
];

const accepted: readonly Case[] = [
  on(action, '@plinth/models/orders', ''),
  on(action, './index.ts', ''),
  on(action, 'zod', ''),
  on(service, '@plinth/actions/orders', ''),
  on(service, '@plinth/actions/orders/consumers', ''),
  { file: 'apps/svc-users/src/module.ts', code: `import '@plinth/service-contracts/orders';`, rule: '' },
  on(service, '@plinth/service-actions/users', ''),
  on(host, '@plinth/service-contracts/users', ''),
  on(host, '@plinth/svc-orders/module', ''),
  { file: `${service}/main.ts`, code: `import '@plinth/svc-users/module';`, rule: '' },
  on('packages/service-actions/src/orders', '../client.ts', ''),
  on('packages/service-kit/src/testing', '@plinth/testing', ''),
  on('packages/service-kit/src/testing', 'vitest', ''),
  {
    file: 'apps/svc-orders/test/a.test.ts',
    code: `import '@plinth/auth/testing'; import '@plinth/actions/orders/testing';`,
    rule: '',
  },
  { file: `${action}/fine.test.ts`, code: `import 'vitest'; import 'node:crypto';`, rule: '' },
  on('packages/mongo/src', 'mongodb', ''),
  on('packages/redis/src', 'ioredis', ''),
  on('packages/telemetry/src', 'prom-client', ''),
  on('packages/service-kit/src', 'fastify', ''),
  on(service, 'fastify', ''),
];

const broken = new Map<string, string[]>();

function writePackages(): void {
  for (const name of npmPackages) {
    tree.write(`node_modules/${name}/package.json`, { name, version: '1.0.0', main: 'index.js' });
    tree.write(`node_modules/${name}/index.js`, '');
  }
  for (const name of layerNames) {
    const folder = toFolder(name);
    if (isDomainLayer(name)) {
      addPackage(folder, {
        './*': './src/*/index.ts',
        './*/testing': './src/*/testing/index.ts',
        './orders/deep': './src/orders/deep.ts',
      });
      for (const domain of ['orders', 'users', 'order', 'salesOrders'])
        tree.write(`${folder}/src/${domain}/index.ts`, '');
    } else {
      addPackage(folder, {
        '.': './src/index.ts',
        './testing': './src/testing/index.ts',
        './module': './src/module.ts',
        './config': './src/config.ts',
      });
      for (const file of ['index', 'module', 'config', 'testing/index']) tree.write(`${folder}/src/${file}.ts`, '');
    }
  }
  addPackage('packages/novelty', {});
  addPackage('apps/svc-users', { './module': './src/module.ts' });
  tree.write('apps/svc-users/src/module.ts', '');
  tree.write('packages/dtos/src/orders/deep.ts', '');
  tree.write('packages/actions/src/shared.ts', '');
  tree.write('packages/actions/src/orders/testing/index.ts', '');
  tree.write('packages/actions/src/orders/consumers/index.ts', '');
  tree.write('packages/service-actions/src/client.ts', '');
  tree.write('apps/platform/test/host.ts', '');
  tree.write('packages/auth/src/cycle-b.ts', `import './cycle-a.ts';\n`);
  tree.write('packages/auth/src/type-cycle-b.ts', `import type {} from './type-cycle-a.ts';\n`);
}

beforeAll(async () => {
  writePackages();
  for (const { file, code } of [...refused, ...accepted]) tree.write(file, `${code}\n`);
  for (const { file, to } of [...productPairs, ...testPairs]) tree.write(file, `import '${toSpecifier(to)}';\n`);
  const { summary } = await cruiseFolder(tree.dir);
  for (const { from, rule } of summary.violations) broken.set(from, [...(broken.get(from) ?? []), rule.name]);
}, 60_000);

const brokenBy = ({ file }: { file: string }): string[] => broken.get(file) ?? [];

describe('refuses', () => {
  it.each(refused)('$code in $file ($rule)', (fixture) => {
    expect(brokenBy(fixture)).toContain(fixture.rule);
  });

  it.each(layerNames)('every import of %s that the table does not allow', (name) => {
    const isAccepted = (pair: Pair): boolean => !brokenBy(pair).some((rule) => rule.startsWith(`layer ${name}`));
    const forbidden = [
      ...productPairs.filter((pair) => pair.from === name && !mayProduct(pair)),
      ...testPairs.filter((pair) => pair.from === name && !mayTest(pair)),
    ];
    expect(forbidden.length).toBeGreaterThan(0);
    expect(forbidden.filter(isAccepted)).toEqual([]);
  });
});

describe('accepts', () => {
  it.each(accepted)('$code in $file', (fixture) => {
    expect(brokenBy(fixture)).toEqual([]);
  });

  it('every import that the table allows', () => {
    const allowed = [...productPairs.filter(mayProduct), ...testPairs.filter(mayTest)];
    expect(allowed.filter((pair) => brokenBy(pair).some((rule) => rule.startsWith('layer ')))).toEqual([]);
  });
});

it('has only names that stand in the table', () => {
  const named = [...browserSafe, ...layerNames.flatMap((name) => [...visibleFromTests(name)])];
  expect(named.filter((name) => !layerNames.includes(name))).toEqual([]);
});
