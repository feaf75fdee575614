import { addImport, addItem, findList, getKey, type List, type Node, named } from './edit-typescript.ts';
import { assertName, replaceNames, toCamelCase, toKebabCase, toPascalCase, toSingular, UsageError } from './names.ts';
import { type Plan, readTemplate } from './plan.ts';

export type Resource = {
  readonly domain: string;
  readonly plural: string;
  readonly singular?: string | undefined;
  /** The resource, in the plural, in whose path it is nested: `/v1/rooms/:id/bookings`. */
  readonly parent?: string | undefined;
};

export const contractsOf = (domain: string): string => `packages/service-contracts/src/${domain}`;

const describesRoute = (
  contract: string,
  { start, end }: Node,
  { method, path }: { readonly method: string; readonly path: string },
): boolean => [`method: '${method}'`, `path: '${path}'`].every((part) => contract.slice(start, end).includes(part));

/** A path, an id or an operation may exist in one domain only. @throws `UsageError` when a name is not free, or not in kebab-case. */
export const assertFree = (plan: Plan, plural: string, singular = toSingular(plural)): void => {
  for (const name of [plural, singular]) assertName(name);
  const taken = [`'/v1/${plural}'`, `id: '${toPascalCase(singular)}'`];
  for (const path of plan.list('packages/{dtos,service-contracts}/src/*/*.ts')) {
    const used = taken.find((text) => plan.read(path).includes(text));
    if (used) throw new UsageError(`${path} has ${used} already: choose another name.`);
  }
};

/** Returns the operation id of a route, or '' when the contract has no such route. */
const findRoute = (contract: string, method: string, path: string): string => {
  const routes = findList(contract, named('routes'))?.items ?? [];
  const found = routes.find((route) => describesRoute(contract, route, { method, path }));
  return (found && getKey(found)) ?? '';
};

/** Lists the resources of a domain. The singular of each is that of the operation that gets one. */
export const listResources = (plan: Plan, domain: string) =>
  plan.list(`${contractsOf(domain)}/*.ts`).flatMap((contract) => {
    const plural = contract.slice(contractsOf(domain).length + 1, -'.ts'.length);
    const get = findRoute(plan.read(contract), 'GET', `/v1/${plural}/:id`);
    return get === '' ? [] : [{ contract, plural, singular: toKebabCase(get).slice('get-'.length) }];
  });

/** Returns the names of the resource in whose path a new one is nested. */
const findParent = (plan: Plan, domain: string, parent: string) => {
  const resources = listResources(plan, domain);
  const found = resources.find(({ plural }) => plural === parent);
  if (found) return found;
  const names = resources.map(({ plural }) => plural).join(', ');
  throw new UsageError(`There is no resource '${parent}' in '${domain}': there are ${names}.`);
};

/** Plans that a document is not deleted while a nested one refers to it. */
const protectParent = (plan: Plan, plural: string, parent: ReturnType<typeof findParent>): void => {
  const used = `${toCamelCase(plural)}Errors.${toCamelCase(parent.singular)}Has${toPascalCase(plural)}`;
  const removal = { method: 'DELETE', path: `/v1/${parent.plural}/:id` };
  plan.edit(parent.contract, (text) => {
    const isRemoval = ({ node, items }: List): boolean =>
      items.some((item) => getKey(item) === 'path') && describesRoute(text, node, removal);
    if (!findList(text, isRemoval)) return text;
    const errors = findList(text, isRemoval)?.items.find((item) => getKey(item) === 'errors');
    const isErrors = ({ node }: List): boolean => node === errors?.['value'];
    const withError = errors ? addItem(text, isErrors, used) : addItem(text, isRemoval, `errors: [${used}]`);
    return addImport(withError, used.split('.')[0] ?? used, `./${plural}.ts`);
  });
};

/** Plans a resource with the five plain operations in every layer of a domain. @returns the next steps. */
export const addResource = (plan: Plan, resource: Resource): string[] => {
  const { domain, plural, singular = toSingular(plural), parent } = resource;
  assertFree(plan, plural, singular);
  const above = parent === undefined ? undefined : findParent(plan, domain, parent);
  const names = {
    'demo-area': domain,
    'demo-items': plural,
    'demo-item': singular,
    ...(above && { 'demo-parents': above.plural, 'demo-parent': above.singular }),
  };
  plan.createFrom('resource', names);
  const id = toCamelCase(plural);
  plan.edit(`apps/svc-${domain}/src/module.ts`, (text) => {
    const items = { contracts: `${id}Contract`, events: `${id}Events`, collections: id };
    const wired = Object.entries(items).reduce((all, [list, item]) => addItem(all, named(list), item), text);
    const contracts = `@plinth/service-contracts/${domain}`;
    const imported = addImport(wired, id, `@plinth/models/${domain}`);
    return addImport(addImport(imported, `${id}Contract`, contracts), `${id}Events`, contracts);
  });
  if (above) {
    protectParent(plan, plural, above);
    const test = `apps/svc-${domain}/test/${above.plural}.test.ts`;
    if (plan.has(test)) plan.merge(test, replaceNames(readTemplate('fragments/parent.test.ts.tpl'), names));
  }
  return [
    `Add your fields, or replace the field name: packages/dtos/src/${domain}/${singular}.ts, then models, actions and the input of the tests in packages/actions/src/${domain}/testing.`,
    `Names are unique in ${above ? `one ${above.singular}` : 'an organization'}. If yours are not: remove the index byName, the error ${toCamelCase(singular)}NameTaken and their tests.`,
    'npm run build writes the documents and the types of the clients, npm run format sorts imports.',
    `npm test -- --filter=@plinth/svc-${domain} --filter=@plinth/actions --filter=@plinth/platform`,
    `Describe the routes to clients in .changeset/${domain}.md, and commit: feat(${domain}): …`,
  ];
};
