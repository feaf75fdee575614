import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyRepository, type Result } from './repository.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';

let copy: Awaited<ReturnType<typeof copyRepository>>;

beforeAll(async () => {
  copy = await copyRepository();
}, 120_000);
afterAll(() => copy?.remove());

const expectSuccess = ({ code, output }: Result): void => {
  if (code !== 0) throw new Error(output);
};

const generate = async (...args: readonly string[]): Promise<void> => expectSuccess(await copy.generate(...args));

/** Runs the commands of the guide and applies its changes, in their order. */
const followGuide = async (): Promise<void> => {
  const guide = readFileSync(join(copy.folder, 'docs/guides/add-a-domain.md'), 'utf8');
  for (const { 1: command, 2: diff } of guide.matchAll(/^ {4}npm run gen -- (.+)$|^```diff\n([^]*?)^```$/gm)) {
    if (command) await generate(...command.split(' '));
    else copy.apply(diff ?? '');
  }
};

/** Adds a field that clients must send to the line items. Their generated tests take it from `createLineItemInput`. */
const requireCode = (domain: string): void => {
  const edits: readonly (readonly [path: string, ...replacements: (readonly [string, string])[]])[] = [
    [
      `dtos/src/${domain}/line-item.ts`,
      ['resourceFields, name: LineItemName', 'resourceFields, name: LineItemName, code: z.string().max(9)'],
      ["name: 'The first line item' }", "name: 'The first line item', code: 'A' }"],
      ['  .object({ name: LineItemName })', '  .object({ name: LineItemName, code: z.string().max(9) })'],
      ["[{ name: 'The first line item' }]", "[{ name: 'The first line item', code: 'A' }]"],
    ],
    [
      `models/src/${domain}/line-item.ts`,
      ['import type { z }', 'import { z }'],
      ['{ name: LineItemName }', '{ name: LineItemName, code: z.string().max(9) }'],
      ["name: 'name' }", "name: 'name', code: 'code' }"],
    ],
    [
      `actions/src/${domain}/line-items.ts`,
      ['body: { name } }', 'body: { name, code } }'],
      ['insert({ name })', 'insert({ name, code })'],
    ],
    [
      `actions/src/${domain}/testing/index.ts`,
      ['name: `Name ${createdLineItems}`,', "name: `Name ${createdLineItems}`, code: 'A',"],
    ],
  ];
  for (const [path, ...replacements] of edits) {
    const file = join(copy.folder, 'packages', path);
    let text = readFileSync(file, 'utf8');
    for (const [from, to] of replacements) {
      expect(text).toContain(from);
      text = text.replace(from, to);
    }
    writeFileSync(file, text);
  }
};

/** Writes a project of the domains and of what knows every domain, whose types take half the time of all. */
const writeProject = (folders: readonly string[]): string => {
  const project = 'node_modules/.cache/tsconfig.json';
  const include = [...folders, 'apps/platform/src', 'packages/service-actions/src'].map((path) => `../../${path}`);
  const options = { extends: '../../tsconfig.json', compilerOptions: { checkers: 1 }, include, exclude: [] };
  writeFileSync(join(copy.folder, project), JSON.stringify(options));
  return project;
};

/** Runs the checks on domains: as few as notice a fault of the templates, or with the flag those of the whole repository. */
const check = async (domains: readonly string[]): Promise<void> => {
  const folders = domains.flatMap((domain) => [
    `apps/svc-${domain}`,
    ...['dtos', 'models', 'service-contracts', 'contracts', 'actions'].map(
      (layer) => `packages/${layer}/src/${domain}`,
    ),
  ]);
  const project = heavy ? 'tsconfig.json' : writeProject(folders);
  expectSuccess(await copy.run('tsc', ['-p', project, '--noEmit']));
  if (heavy) expectSuccess(await copy.run('node', ['src/main.ts'], 'tooling/lint'));
  else {
    expectSuccess(await copy.run('oxlint', folders));
    expectSuccess(await copy.run('biome', ['check', '--linter-enabled=false', ...folders, 'apps/platform/src']));
  }
  const sources = domains.map((domain) => `src/${domain}`);
  const tests = {
    ...Object.fromEntries(domains.map((domain) => [`apps/svc-${domain}`, []])),
    ...(heavy && { 'packages/actions': sources, 'packages/service-contracts': [...sources, 'test/contracts'] }),
    ...(heavy && { 'apps/platform': ['test/derived', 'openapi', 'artifacts', 'test/db'] }),
    ...(heavy && { 'tooling/kubernetes': [], 'tooling/docker': [] }),
  };
  for (const [folder, files] of Object.entries(tests)) {
    expectSuccess(await copy.run('vitest', ['run', ...files], folder));
  }
};

/** A domain whose name has two words, with a part of each kind. */
const generatePurchaseOrders = async (): Promise<void> => {
  await generate('domain', 'purchase-orders');
  await generate('resource', 'purchase-orders', 'parcel-slips', '--parent', 'purchase-orders');
  await generate('operation', 'purchase-orders', 'approve-purchase-order');
  await generate('operation', 'purchase-orders', 'move-parcel-slip');
  await generate('event', 'purchase-orders', 'purchase-order-approved');
  await generate('migration', 'purchase-orders', 'add-reference');
};

it('--dry-run lists the files and writes none', async () => {
  const { output } = await copy.generate('domain', 'invoices', '--dry-run');
  expect(output).toContain('create packages/actions/src/invoices/invoices.ts\n');
  expect(output).toContain('change apps/platform/src/modules.ts\n');
  expect(copy.listChanges()).toEqual([]);
});

it.each([
  [[], 'Name what to generate (domain, resource, operation, event, migration, remove domain).'],
  [['operation', 'users'], 'Name a verb and the resource (such as return-order).'],
  [['dog'], "'dog' is not one of domain, resource, operation, event, migration, remove domain."],
  [['domain', 'dogs', 'cats'], "'cats' is one name too many."],
])('%j is refused by one sentence where there is no terminal', async (args, message) => {
  expect(await copy.generate(...args)).toEqual({ code: 1, output: `${message}\n` });
});

it('generated code passes the checks, as it is and after the guide, and is removed without a trace', async () => {
  await followGuide();
  await generate('resource', 'invoices', 'line-items');
  await generate('operation', 'invoices', 'move-line-item');
  requireCode('invoices');
  if (heavy) await generatePurchaseOrders();
  for (const repeated of [
    ['operation', 'invoices', 'issue-invoice'],
    ['migration', 'invoices', 'invoice-status'],
  ]) {
    const { code, output } = await copy.generate(...repeated);
    expect([code, output]).toEqual([1, expect.stringMatching(/^\S+ exists already. Nothing was written\.\n$/)]);
  }
  expectSuccess(await copy.run('node', ['apps/platform/src/artifacts/write.ts']));
  const domains = ['invoices', ...(heavy ? ['purchase-orders'] : [])];
  await check(domains);
  for (const domain of domains) await generate('remove', 'domain', domain);
  expect(copy.listChanges()).toEqual([]);
}, 600_000);
