import { isSeq, parseDocument, type YAMLSeq } from 'yaml';

type Manifest = { dependencies: Record<string, string> };

/** Adds a package of the workspace to the dependencies of a package.json, or removes it. */
export const setDependency = (text: string, name: string, isWanted: boolean): string => {
  const manifest = JSON.parse(text) as Manifest;
  const others = Object.entries(manifest.dependencies).filter(([dependency]) => dependency !== name);
  const all = [...others, ...(isWanted ? [[name, 'workspace:*'] as const] : [])];
  manifest.dependencies = Object.fromEntries(all.sort(([left], [right]) => (left < right ? -1 : 1)));
  return `${JSON.stringify(manifest, null, 2)}\n`;
};

type Item = string | { readonly name: string };

const toName = (item: Item): string => (typeof item === 'string' ? item : item.name);

/** Adds an item to a sorted list of a YAML file, or removes the one of its name. `create` receives the items of the list. */
export const setYamlItem = (
  text: string,
  { list: key, name, create }: { list: string; name: string; create?: (items: readonly Item[]) => Item },
): string => {
  const document = parseDocument(text);
  const list = document.get(key) as YAMLSeq;
  if (!isSeq(list)) throw new TypeError(`The YAML has no list '${key}'.`);
  const items = list.toJSON() as Item[];
  const index = items.findIndex((item) => toName(item) === name);
  if (index >= 0) list.delete(index);
  if (create) {
    const later = items.findIndex((item) => toName(item) > name);
    list.items.splice(later < 0 ? items.length : later, 0, document.createNode(create(items)));
  }
  return document.toString({ lineWidth: 0 });
};

/** The lines of a domain in CODEOWNERS. The lines of a group stand next to each other. */
const ownedPaths = [
  [
    ['/packages/*/src/<domain>/', '@plinth/<domain>'],
    ['/apps/svc-<domain>/', '@plinth/<domain>'],
  ],
  [['/packages/service-contracts/src/<domain>/', '@plinth/<domain> @plinth/api']],
] as const;

const toPattern = (path: string): RegExp =>
  new RegExp(`^${path.replace('*', '\\*').replace('<domain>', '([a-z0-9-]+)')} `);

/** Adds the lines of a domain to CODEOWNERS, in the order of the domains. */
export const addOwners = (text: string, domain: string): string => {
  const lines = text.split('\n');
  for (const group of ownedPaths) {
    const patterns = group.map(([path]) => toPattern(path));
    const later = lines.findIndex((line) => (patterns[0]?.exec(line)?.[1] ?? '') > domain);
    const end = lines.findLastIndex((line) => patterns.some((pattern) => pattern.test(line))) + 1;
    const added = group.map(([path, owners]) => {
      const own = path.replace('<domain>', domain).padEnd(34);
      return `${own}  ${owners.replace('<domain>', domain)}`;
    });
    lines.splice(later < 0 ? end : later, 0, ...added);
  }
  return lines.join('\n');
};

export const removeOwners = (text: string, domain: string): string => {
  const patterns = ownedPaths.flat().map(([path]) => toPattern(path));
  const isOwn = (line: string): boolean => patterns.some((pattern) => pattern.exec(line)?.[1] === domain);
  return text
    .split('\n')
    .filter((line) => !isOwn(line))
    .join('\n');
};
