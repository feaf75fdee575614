import { assertDomain } from './domain.ts';
import { addImport, addItem, findList, getKey, type Node, named } from './edit-typescript.ts';
import { assertName, replaceNames, toCamelCase, toKebabCase, toPascalCase, toSentence, UsageError } from './names.ts';
import { addTests } from './operation-tests.ts';
import { type Plan, readTemplate } from './plan.ts';
import { contractsOf, listResources } from './resource.ts';

/** The domain and the new name on the command line. */
type Target = { readonly domain: string; readonly name: string };

/** Finds the resource of a domain that an operation names. Its singular is that of the operation that gets one. */
const findResource = (plan: Plan, { domain, name }: Target) => {
  const resources = listResources(plan, domain);
  const found = resources.find(({ singular }) => `${name}-`.includes(`-${singular}-`));
  if (found) return found;
  const examples = resources.map(({ singular }) => `approve-${singular}`).join(' or ');
  throw new UsageError(`'${name}' is not a verb and a resource of '${domain}', such as ${examples}.`);
};

type Items = { readonly items: readonly Node[] };

/** Tests whether an object has a property of that name. */
const hasKey =
  (key: string) =>
  ({ items }: Items): boolean =>
    items.some((item) => getKey(item) === key);

/** Plans an operation on one resource. @returns the next steps. */
export const addOperation = (plan: Plan, target: Target): string[] => {
  const { domain, name: operation } = target;
  assertName(operation);
  assertDomain(plan, domain);
  const { contract, plural, singular } = findResource(plan, target);
  const names = { 'approve-demo-item': operation, 'demo-items': plural, 'demo-item': singular, 'demo-area': domain };
  const id = toCamelCase(operation);
  plan.createFrom('operation', names);
  const test = addTests(plan, { domain, plural, singular, operation }, names);
  const [verb = '', rest = ''] = operation.split(`-${singular}`);
  const action = toSentence(verb);
  const route = readTemplate('fragments/route.ts.tpl')
    .replace('/approval', `/${verb}${rest}`)
    .replace('Approve a demo item', `${action} a demo item${rest.replaceAll('-', ' ')}`);
  const dto = toPascalCase(singular);
  plan.edit(contract, (text) => {
    const withRoute = addItem(text, named('routes'), replaceNames(route, names).trim());
    const kit = addImport(
      addImport(withRoute, 'commonErrors', '@plinth/contract-kit'),
      'defineRoute',
      '@plinth/contract-kit',
    );
    return [dto, `${dto}Params`].reduce((source, name) => addImport(source, name, `@plinth/dtos/${domain}`), kit);
  });
  const actions = `packages/actions/src/${domain}`;
  plan.edit(`${actions}/index.ts`, (text) => `${text}export { ${id} } from './${operation}.ts';\n`);
  return [
    `Write the rule in ${actions}/${operation}.ts, with its change in $set and its event, and add the errors that it throws to defineErrors in ${contractsOf(domain)}.`,
    `End the path in ${contract} with a noun: POST /v1/${plural}/:id/${verb}${rest}. Where the rule refuses a repetition, idempotency: 'optional' is enough.`,
    'npm run build, when the route has its path and its errors: until then the types of the clients differ.',
    `Test the rule in ${test}: which state it refuses, that it then changes nothing, and which call of a race wins.`,
  ];
};

/** Finds the catalogues of events of a domain, with the noun with which the names of their events begin. */
const listEventCatalogues = (plan: Plan, domain: string) =>
  plan
    .list(`${contractsOf(domain)}/*.ts`)
    .flatMap((path) =>
      [...plan.read(path).matchAll(/const (\w+) = defineEvents\(.*?aggregate: \{ (\w+)Id:/gs)].map(
        ([, catalogue = '', noun = ''], position) => ({ path, catalogue, noun, position }),
      ),
    );

/** Plans an event of a resource. @returns the next steps. */
export const addEvent = (plan: Plan, { domain, name: event }: Target): string[] => {
  assertName(event);
  assertDomain(plan, domain);
  const catalogues = listEventCatalogues(plan, domain);
  const id = toCamelCase(event);
  const found = catalogues.find(({ noun }) => id.startsWith(noun));
  if (!found) {
    const nouns = catalogues.map(({ noun }) => `${toKebabCase(noun)}-…`);
    throw new UsageError(`The name of an event of '${domain}' begins with ${nouns.join(' or ')}: '${event}' does not.`);
  }
  const { path, catalogue, noun } = found;
  if (new RegExp(`\\b${id}:`).test(plan.read(path)))
    throw new UsageError(`${path} has ${id} already: nothing was written.`);
  let { position } = found;
  plan.edit(path, (text) => addItem(text, (list) => list.name === 'events' && position-- === 0, `${id}: {}`));
  return [
    `Emit it in an action: events.emit(ctx, ${catalogue}.${id}, { ${noun}Id: id })`,
    `Its facts go into ${path}: ids and values that never change, and no personal data.`,
  ];
};

/** Plans a migration. @returns the next steps. */
export const addMigration = (plan: Plan, { domain, name }: Target): string[] => {
  assertName(name);
  assertDomain(plan, domain);
  const app = `apps/svc-${domain}`;
  const [folder, module] = [`${app}/src/migrations`, `${app}/src/module.ts`];
  const numbers = plan
    .list(`${folder}/*.ts`)
    .flatMap((path) => [...plan.read(path).matchAll(/name: '(\d{4})-/g)].map(([, number]) => Number(number)));
  const number = String(Math.max(0, ...numbers) + 1).padStart(4, '0');
  const [collection] = findList(plan.read(module), named('collections'))?.items ?? [];
  const names = { 'demo-area': domain, 'add-field': name, 'demo-items': (collection && getKey(collection)) ?? domain };
  plan.createFrom('migration', { ...names, '0000': number });
  const index = `${folder}/index.ts`;
  if (!plan.has(index)) {
    plan.create(index, replaceNames(readTemplate('fragments/migrations.ts.tpl'), names));
    plan.edit(module, (text) =>
      addImport(addItem(text, hasKey('collections'), 'migrations'), 'migrations', './migrations/index.ts'),
    );
  }
  const id = toCamelCase(name);
  plan.edit(index, (text) => addImport(addItem(text, named('migrations'), `...${id}`), id, `./${name}.ts`));
  return [
    `Write the change in ${folder}/${name}.ts: docs/migrations.md has the form of each change.`,
    `Start the platform on data of the released code, or test it as apps/svc-users/test/migrations.test.ts does.`,
  ];
};
