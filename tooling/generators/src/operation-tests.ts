import { findList, getKey, type Node, parseSource } from './edit-typescript.ts';
import { type Names, replaceNames, toCamelCase, toPascalCase } from './names.ts';
import { type Plan, readTemplate } from './plan.ts';

type Test = {
  readonly domain: string;
  readonly plural: string;
  readonly singular: string;
  readonly operation: string;
};

/** The lines before the first test of the template. */
const preamble = /^[^]*?(?=\n\/\/ The tests of)/;

/**
 * Returns the texts by which those of the template are replaced, so that the test opens the service and creates a resource as the
 * test of its update does. Returns nothing when that test has another form.
 */
const findReplacements = (plan: Plan, { domain, singular, operation }: Test): Names | undefined => {
  const path = `apps/svc-${domain}/test/update-${singular}.test.ts`;
  const text = plan.has(path) ? plan.read(path) : '';
  const cut = ({ start, end }: Node): string => text.slice(start, end);
  const options = findList(text, ({ items }) => items.some((item) => getKey(item) === 'createItem'))?.items ?? [];
  const [create, tenant] = ['createItem', 'createTenant'].map(
    (key) => options.find((option) => getKey(option) === key)?.['value'] as Node | undefined,
  );
  const [pattern] = (create?.['params'] ?? []) as readonly Node[];
  const body = create?.['body'] as Node | undefined;
  const update = `'update${toPascalCase(singular)}'`;
  const statements = parseSource(path, text)['body'] as readonly Node[];
  const opening = statements.find((node) => node.type === 'VariableDeclaration' && cut(node).includes(update));
  const imported = statements.find((node) => node.type === 'ImportDeclaration' && cut(node).includes("'./"));
  if (!create || !tenant || !body || !opening || !imported || pattern?.type !== 'ObjectPattern') return undefined;
  const names = new Set([...(pattern['properties'] as readonly Node[]).map(cut), 'call']);
  return {
    "import { useDemoItems } from './tenant.ts';": cut(imported),
    "const { service, createTenant } = useDemoItems('approveDemoItem');": cut(opening).replace(
      update,
      `'${toCamelCase(operation)}'`,
    ),
    'createTenant: createTenant': `createTenant${cut(tenant) === 'createTenant' ? '' : `: ${cut(tenant)}`}`,
    '({ addDemoItem }) => addDemoItem()': cut(create),
    '{ addDemoItem, call } = await createTenant': `{ ${[...names].join(', ')} } = await ${cut(tenant)}`,
    'await addDemoItem()': create['async'] === true ? cut(body) : `await ${cut(body)}`,
  };
};

/** Renders a file for the test of an operation, with the fixture of its domain. */
const renderFile = (plan: Plan, test: Test, template: string): string => {
  const replacements = findReplacements(plan, test);
  if (replacements)
    return Object.entries(replacements).reduce((text, [from, to]) => text.replaceAll(from, to), template);
  return template.replace(preamble, readTemplate('fragments/tenant.ts.tpl')).replace('createTenant: ', '');
};

/** Renders the test of an operation for the file of its resource, which has the fixture. */
const renderBlock = (template: string): string => {
  const imports = template.split('\n').filter((line) => /^import .* '[@a-z]/.test(line));
  const tests = template.replace(preamble, '').replace('createTenant: ', '');
  return `${imports.join('\n').replace('{ expect', '{ describe, expect')}\n\ndescribe('approveDemoItem', () => {${tests}});\n`;
};

/**
 * Plans the tests of an operation: in the files of its resource where there are such files, else in a file for HTTP alone.
 * @returns the path of the test over HTTP.
 */
export const addTests = (plan: Plan, test: Test, names: Names): string => {
  const template = readTemplate('fragments/operation.test.ts.tpl');
  const ofAction = `packages/actions/src/${test.domain}/${test.plural}.test.ts`;
  if (plan.has(ofAction)) plan.merge(ofAction, replaceNames(readTemplate('fragments/action.test.ts.tpl'), names));
  const folder = `apps/svc-${test.domain}/test`;
  const ofResource = `${folder}/${test.plural}.test.ts`;
  if (plan.has(ofResource)) {
    plan.merge(ofResource, replaceNames(renderBlock(template), names));
    return ofResource;
  }
  const path = `${folder}/${test.operation}.test.ts`;
  plan.create(path, replaceNames(renderFile(plan, test, template), names));
  return path;
};
