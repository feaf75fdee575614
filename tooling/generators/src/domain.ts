import { addOwners, removeOwners, setDependency, setYamlItem } from './edit-files.ts';
import { addImport, addItem, named, removeImport, removeItem } from './edit-typescript.ts';
import { assertName, toCamelCase, UsageError } from './names.ts';
import type { Plan } from './plan.ts';
import { addResource, assertFree } from './resource.ts';

const modules = 'apps/platform/src/modules.ts';
const manifest = 'apps/platform/package.json';
const owners = '.github/CODEOWNERS';
const split = 'tooling/kubernetes/overlays/split';
const environments = 'tooling/kubernetes/overlays/{production,staging}/environment/kustomization.yaml';

/** Adds or removes the image of a service, named like the one of the platform. */
const setImage = (text: string, app: string, isWanted: boolean): string => {
  const create = (items: readonly object[]) => {
    const platform = JSON.stringify(items.find((item) => (item as { name: string }).name === 'plinth/platform'));
    return JSON.parse(platform.replaceAll('/platform', `/${app}`)) as { name: string };
  };
  return setYamlItem(text, { list: 'images', name: `plinth/${app}`, ...(isWanted && { create: create as never }) });
};

export const listDomains = (plan: Plan): string[] =>
  plan.list('apps/svc-*').map((path) => path.slice('apps/svc-'.length));

/** @throws `UsageError` when there is no such domain. */
export const assertDomain = (plan: Plan, domain: string): void => {
  const domains = listDomains(plan);
  if (!domains.includes(domain))
    throw new UsageError(`There is no domain '${domain}'. The domains are ${domains.join(', ')}.`);
};

/** Plans a domain with one resource. @returns the next steps. */
export const addDomain = (plan: Plan, plural: string, singular?: string): string[] => {
  assertName(plural);
  if (listDomains(plan).includes(plural))
    throw new UsageError(`The domain '${plural}' exists already. Nothing was written.`);
  assertFree(plan, plural, singular);
  plan.createFrom('domain', { 'demo-area': plural });
  const next = addResource(plan, { domain: plural, plural, singular });
  const [app, module] = [`svc-${plural}`, `${toCamelCase(plural)}Module`];
  plan.edit(modules, (text) => addImport(addItem(text, named('modules'), module), module, `@plinth/${app}/module`));
  plan.edit(manifest, (text) => setDependency(text, `@plinth/${app}`, true));
  plan.edit(owners, (text) => addOwners(text, plural));
  const resource = { list: 'resources', name: plural, create: () => plural };
  plan.edit(`${split}/kustomization.yaml`, (text) => setYamlItem(text, resource));
  for (const path of plan.list(environments)) plan.edit(path, (text) => setImage(text, app, true));
  return [...next, 'docs/guides/add-a-domain.md explains how to add a rule, an index, a migration and an event.'];
};

const layers = 'dtos|models|service-contracts|service-actions|contracts|actions';

/** Refuses while code of another domain or of a tool imports the domain. */
const assertUnused = (plan: Plan, domain: string): void => {
  const reference = new RegExp(`'@plinth/(?:svc-${domain}/module|(?:${layers})/${domain}(?:/testing)?)'`);
  const own = new RegExp(`^(?:packages/[^/]+/src/${domain}/|apps/svc-${domain}/|${modules}$)`);
  const user = plan
    .list('{apps,packages,tooling}/**/*.ts')
    .find((path) => !own.test(path) && reference.test(plan.read(path)));
  if (user)
    throw new UsageError(`${user} imports the domain '${domain}'. Remove that import first. Nothing was removed.`);
};

/** Plans the removal of a domain. @returns the next steps. */
export const removeDomain = (plan: Plan, domain: string): string[] => {
  assertDomain(plan, domain);
  assertUnused(plan, domain);
  const [app, module] = [`svc-${domain}`, `${toCamelCase(domain)}Module`];
  for (const path of [...plan.list(`packages/*/src/${domain}`), `apps/${app}`, `${split}/${domain}`]) plan.remove(path);
  plan.remove(`.changeset/${domain}.md`);
  plan.edit(modules, (text) => removeImport(removeItem(text, named('modules'), module), `@plinth/${app}/module`));
  plan.edit(manifest, (text) => setDependency(text, `@plinth/${app}`, false));
  plan.edit(owners, (text) => removeOwners(text, domain));
  plan.edit(`${split}/kustomization.yaml`, (text) => setYamlItem(text, { list: 'resources', name: domain }));
  for (const path of plan.list(environments)) plan.edit(path, (text) => setImage(text, app, false));
  return [`The database '${domain}' of a deployment stays: drop it by hand when its data is no longer needed.`];
};
