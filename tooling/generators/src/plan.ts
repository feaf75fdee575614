import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mergeSource, parseSource } from './edit-typescript.ts';
import { type Names, replaceNames, UsageError } from './names.ts';

const templates = fileURLToPath(new URL('../templates', import.meta.url));

export const readTemplate = (path: string): string => readFileSync(join(templates, path), 'utf8');

/** Leaves out the lines for a nested resource, which end with `//+parent`, or those for any other, which end with `//-parent`. */
const selectLines = (template: string, isNested: boolean): string =>
  template
    .split('\n')
    .filter((line) => !line.endsWith(isNested ? '//-parent' : '//+parent'))
    .map((line) => line.replace(/ *\/\/[+-]parent$/, ''))
    .join('\n');

/** Renders each template of a folder. Returns the paths of the files with their texts. */
const renderTemplates = (folder: string, names: Names): (readonly [path: string, text: string])[] =>
  globSync('{,.changeset/}**/*.tpl', { cwd: join(templates, folder) })
    .sort()
    .map((path) => {
      const template = selectLines(readTemplate(join(folder, path)), Object.hasOwn(names, 'demo-parent'));
      return [replaceNames(path.replace(/\.tpl$/, ''), names), replaceNames(template, names)];
    });

type Step = { readonly kind: 'create' | 'change' | 'remove'; readonly text: string };

const perform = (path: string, { kind, text }: Step): void => {
  if (kind === 'remove') return rmSync(path, { recursive: true });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

/** Collects changes of files, which are written together. Nothing is written when one of them is refused. */
export const createPlan = (root: string) => {
  const steps = new Map<string, Step>();
  const has = (path: string): boolean => existsSync(join(root, path)) || steps.has(path);
  const read = (path: string): string => steps.get(path)?.text ?? readFileSync(join(root, path), 'utf8');

  const create = (path: string, text: string): void => {
    if (has(path)) throw new UsageError(`${path} exists already. Nothing was written.`);
    if (path.endsWith('.ts')) parseSource(path, text);
    steps.set(path, { kind: 'create', text });
  };
  const edit = (path: string, change: (text: string) => string): void => {
    const text = change(read(path));
    if (text !== read(path)) steps.set(path, { kind: steps.get(path)?.kind ?? 'change', text });
  };
  /** Creates a file, or adds to the existing one. */
  const merge = (path: string, text: string): void =>
    has(path) ? edit(path, (existing) => mergeSource(existing, text)) : create(path, text);
  return {
    has,
    read,
    create,
    edit,
    merge,
    /** Paths of the repository that match a pattern. */
    list: (pattern: string): string[] =>
      globSync(pattern, { cwd: root, exclude: (path) => path.includes('node_modules') }).sort(),
    /** Creates each file of a folder of templates, by the same path. An `index.ts` is added to the existing one. */
    createFrom: (folder: string, names: Names): void => {
      for (const [path, text] of renderTemplates(folder, names)) {
        if (path.endsWith('/index.ts')) merge(path, text);
        else create(path, text);
      }
    },
    /** Removes a file, or a folder with everything in it. */
    remove: (path: string): void => {
      if (has(path)) steps.set(path, { kind: 'remove', text: '' });
    },
    removesFiles: (): boolean => [...steps.values()].some(({ kind }) => kind === 'remove'),
    describe: (): string[] =>
      [...steps].map(([path, { kind }]) => `${kind} ${path}`).sort((left, right) => (left < right ? -1 : 1)),
    /** Writes the files. @returns the paths of the written ones. */
    write: (): string[] => {
      for (const [path, step] of steps) perform(join(root, path), step);
      return [...steps].flatMap(([path, { kind }]) => (kind === 'remove' ? [] : [path]));
    },
  };
};

export type Plan = ReturnType<typeof createPlan>;
