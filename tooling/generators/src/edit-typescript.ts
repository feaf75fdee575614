import { parseSync } from 'oxc-parser';
import { UsageError } from './names.ts';

export type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
};

/** An array or an object, with the name of the variable or property whose value it is. */
export type List = { readonly name: string | undefined; readonly node: Node; readonly items: readonly Node[] };

/** @throws `UsageError` when the text is not TypeScript, for example because a name is a reserved word. */
export const parseSource = (path: string, text: string): Node => {
  const { program, errors } = parseSync(path, text, { showSemanticErrors: true });
  if (errors[0]) throw new UsageError(`Choose another name: in ${path}, ${errors[0].message}`);
  return program as unknown as Node;
};

const parse = (text: string): Node => parseSource('source.ts', text);

export const getKey = (node: Node): string | undefined => {
  const key = (node['key'] ?? node['id']) as Node | undefined;
  return (key?.['name'] ?? key?.['value']) as string | undefined;
};

function* walk(value: unknown, name?: string): Generator<List> {
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  const items = (node['elements'] ?? node['properties']) as readonly Node[] | undefined;
  if (items && node.type.endsWith('Expression')) yield { name, node, items };
  const isNamed = node.type === 'Property' || node.type === 'VariableDeclarator';
  // `[…] as const` has the name of its variable.
  const inherited = node.type?.startsWith('TS') ? name : undefined;
  for (const child of Object.values(node)) yield* walk(child, isNamed ? getKey(node) : inherited);
}

/** Finds an array or object in a source. */
export const findList = (text: string, isWanted: (list: List) => boolean): List | undefined =>
  [...walk(parse(text))].find(isWanted);

export const named =
  (name: string) =>
  (list: List): boolean =>
    list.name === name;

/** Adds an item to the end of the array or object. */
export const addItem = (text: string, isWanted: (list: List) => boolean, item: string): string => {
  const list = findList(text, isWanted);
  if (!list) throw new UsageError(`There is no list to which '${item}' can be added: nothing was written.`);
  const end = list.items.at(-1)?.end;
  const at = end ?? list.node.start + 1;
  return `${text.slice(0, at)}${end === undefined ? '' : ', '}${item}${text.slice(at)}`;
};

/** Removes the item whose text it is from the array or object. */
export const removeItem = (text: string, isWanted: (list: List) => boolean, item: string): string => {
  const { items = [] } = findList(text, isWanted) ?? {};
  const index = items.findIndex(({ start, end }) => text.slice(start, end) === item);
  const [previous, node, next] = [items[index - 1], items[index], items[index + 1]];
  if (!node) return text;
  const start = next || !previous ? node.start : previous.end;
  return text.slice(0, start) + text.slice(next?.start ?? node.end);
};

type Import = Node & { readonly source: { readonly value: string }; readonly specifiers: readonly Node[] };

const listImports = (text: string): Import[] =>
  (parse(text)['body'] as readonly Import[]).filter(({ type }) => type === 'ImportDeclaration');

const isTypeOnly = (node: Import): boolean => node['importKind'] === 'type';

const findImport = (text: string, from: string): Import | undefined =>
  listImports(text).find((node) => node.source.value === from && !isTypeOnly(node));

/** Imports a name, or with `type ` before it a type, unless the source does so. The formatter sorts the imports. */
export const addImport = (text: string, name: string, from: string): string => {
  const imports = listImports(text).filter(({ source }) => source.value === from);
  const names = imports.flatMap(({ specifiers }) => specifiers.map(({ local }) => (local as Node)['name']));
  const [, kind = '', plainName = name] = /^(type )(.*)/.exec(name) ?? [];
  if (names.includes(plainName)) return text;
  const existing = imports.find((node) => kind !== '' || !isTypeOnly(node));
  const at = existing?.specifiers.at(-1)?.end;
  if (!existing || at === undefined) return `import ${kind}{ ${plainName} } from '${from}';\n${text}`;
  return `${text.slice(0, at)}, ${isTypeOnly(existing) ? plainName : name}${text.slice(at)}`;
};

/** Adds the imports and the statements of another source. */
export const mergeSource = (text: string, addition: string): string => {
  const imports = listImports(addition);
  const statements = addition.slice(imports.at(-1)?.end ?? 0).trim();
  const gap = statements.includes('\n') ? '\n\n' : '\n';
  return imports.reduce((merged, node) => {
    const kind = isTypeOnly(node) ? 'type ' : '';
    const names = node.specifiers.map(({ start, end }) => kind + addition.slice(start, end));
    return names.reduce((source, name) => addImport(source, name, node.source.value), merged);
  }, `${text.trimEnd()}${gap}${statements}\n`);
};

export const removeImport = (text: string, from: string): string => {
  const existing = findImport(text, from);
  return existing ? text.slice(0, existing.start) + text.slice(existing.end + 1) : text;
};
