import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { addDomain, removeDomain } from '../src/domain.ts';
import { replaceNames, toSingular } from '../src/names.ts';
import { addEvent, addMigration, addOperation } from '../src/parts.ts';
import { createPlan, type Plan } from '../src/plan.ts';
import { addResource } from '../src/resource.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('names', () => {
  const names = { 'demo-items': 'order-lines', 'demo-item': 'order-line' };

  it('are replaced in every spelling', () => {
    const text = 'demo-items demoItems DemoItems demo-item demoItem DemoItem "demo items" "Demo item"';
    const replaced = 'order-lines orderLines OrderLines order-line orderLine OrderLine "order lines" "Order line"';
    expect(replaceNames(text, names)).toBe(replaced);
  });

  it('have the article of their first letter', () => {
    expect(replaceNames('A demo item is a demo item', names)).toBe('An order line is an order line');
    expect(replaceNames('a demo item', { 'demo-item': 'user' })).toBe('a user');
  });

  it.each([
    ['invoices', 'invoice'],
    ['companies', 'company'],
    ['purchase-orders', 'purchase-order'],
    ['addresses', 'address'],
  ])('of %s have the singular %s', (plural, singular) => {
    expect(toSingular(plural)).toBe(singular);
  });
});

describe('is refused by one sentence:', () => {
  it.each<[string, (plan: Plan) => unknown, RegExp]>([
    ['upper case', (plan) => addDomain(plan, 'Invoices'), /^'Invoices' is not a name in kebab-case/],
    ['a path', (plan) => addDomain(plan, '../invoices'), /is not a name in kebab-case/],
    ['no name', (plan) => addDomain(plan, ''), /is not a name in kebab-case/],
    ['a singular', (plan) => addDomain(plan, 'invoice'), /^'invoice' is not a plural, such as invoices/],
    ['a reserved word', (plan) => addDomain(plan, 'classes'), /^Choose another name: in .*reserved word/],
    [
      'a name of the templates',
      (plan) => addDomain(plan, 'actions'),
      /^Choose another name: in .*already been declared/,
    ],
    ['an existing domain', (plan) => addDomain(plan, 'users'), /^The domain 'users' exists already/],
    ['the id of another domain', (plan) => addDomain(plan, 'products'), /has id: 'Product' already/],
    [
      'an unknown domain',
      (plan) => addOperation(plan, { domain: 'dogs', name: 'a-dog' }),
      /^There is no domain 'dogs'/,
    ],
    [
      'an unknown parent',
      (plan) => addResource(plan, { domain: 'orders', plural: 'coupons', parent: 'dogs' }),
      /^There is no resource 'dogs' in 'orders': there are orders, .*products/,
    ],
    [
      'another resource',
      (plan) => addOperation(plan, { domain: 'users', name: 'walk-dog' }),
      /such as approve-role or approve-user\.$/,
    ],
    [
      'an existing resource',
      (plan) => addResource(plan, { domain: 'users', plural: 'products' }),
      /has '\/v1\/products' already|has id: 'Product' already/,
    ],
    [
      'an existing operation',
      (plan) => addOperation(plan, { domain: 'users', name: 'suspend-user' }),
      /exists already/,
    ],
    [
      'an event of another resource',
      (plan) => addEvent(plan, { domain: 'users', name: 'dog-sold' }),
      /begins with role-… or user-…/,
    ],
    [
      'an existing event',
      (plan) => addEvent(plan, { domain: 'users', name: 'user-created' }),
      /has userCreated already/,
    ],
    ['an existing migration', (plan) => addMigration(plan, { domain: 'users', name: 'user-status' }), /exists already/],
    ['the removal of a domain in use', (plan) => removeDomain(plan, 'users'), /^\S+ imports the domain 'users'/],
  ])('%s', (_, generate, message) => {
    expect(() => generate(createPlan(root))).toThrow(message);
  });
});

it.each(['aardvarks', 'memos', 'zebras'])('the domain %s has its place in the order of each list', (domain) => {
  const plan = createPlan(root);
  addDomain(plan, domain);
  for (const [path, pattern] of [
    ['.github/CODEOWNERS', /^\/apps\/svc-([a-z-]+)\/ /gm],
    ['.github/CODEOWNERS', /^\/packages\/service-contracts\/src\/([a-z-]+)\/ /gm],
    ['apps/platform/package.json', /"@plinth\/svc-([a-z-]+)"/g],
    ['tooling/kubernetes/overlays/split/kustomization.yaml', /^ {2}- ([a-z-]+)$/gm],
    ['tooling/kubernetes/overlays/staging/environment/kustomization.yaml', /name: plinth\/svc-([a-z-]+)/g],
  ] as const) {
    const listed = [...plan.read(path).matchAll(pattern)].map(([, name]) => name);
    expect(listed, path).toEqual(
      [...new Set([...listed, domain])].toSorted((left = '', right = '') => left.localeCompare(right)),
    );
  }
});
