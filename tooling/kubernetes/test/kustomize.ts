import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { addLabels, type Resource, rename } from './resources.ts';

/**
 * The part of kustomize that the manifests use, so that their tests need no program but Node. A field that it does not know is
 * an error. Where kustomize itself is installed, a test compares both. The one difference: no hash in a ConfigMap's name.
 */
const Kustomization = z.strictObject({
  apiVersion: z.enum(['kustomize.config.k8s.io/v1beta1', 'kustomize.config.k8s.io/v1alpha1']),
  kind: z.enum(['Kustomization', 'Component']),
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  namespace: z.string().optional(),
  nameSuffix: z.string().optional(),
  labels: z
    .array(
      z.strictObject({
        pairs: z.record(z.string(), z.string()),
        includeSelectors: z.literal(true),
        includeTemplates: z.literal(true),
      }),
    )
    .default([]),
  images: z
    .array(
      z.strictObject({
        name: z.string(),
        newName: z.string().optional(),
        newTag: z.string().optional(),
        digest: z.string().optional(),
      }),
    )
    .default([]),
  configMapGenerator: z
    .array(
      z.strictObject({
        name: z.string(),
        behavior: z.literal('merge').optional(),
        envs: z.array(z.string()).default([]),
        literals: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  patches: z.array(z.strictObject({ target: z.strictObject({ kind: z.string() }), patch: z.string() })).default([]),
});
type Kustomization = z.infer<typeof Kustomization>;

const Operation = z.strictObject({
  op: z.enum(['add', 'replace']),
  path: z.string().startsWith('/'),
  value: z.unknown(),
});

/** What a folder with a kustomization comes to. */
export function resolveFolder(folder: string): Resource[] {
  return applyFolder(folder, []);
}

/** The kustomization of a folder. */
export function readKustomization(folder: string): Kustomization {
  return Kustomization.parse(parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')));
}

function applyFolder(folder: string, given: readonly Resource[]): Resource[] {
  const kustomization = readKustomization(folder);
  let resources = [...given, ...kustomization.resources.flatMap((path) => read(join(folder, path)))];
  for (const generator of kustomization.configMapGenerator) resources = generate(resources, { generator, folder });
  for (const component of kustomization.components) resources = applyFolder(join(folder, component), resources);
  for (const { target, patch } of kustomization.patches) {
    const targets = resources.filter(({ kind }) => kind === target.kind);
    if (targets.length === 0) throw new Error(`${folder}: the patch of ${target.kind} has no target.`);
    for (const operation of z.array(Operation).parse(parse(patch))) {
      for (const resource of targets) change(resource, operation);
    }
  }
  return transform(resources, kustomization);
}

function read(path: string): Resource[] {
  if (existsSync(join(path, 'kustomization.yaml'))) return resolveFolder(path);
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as Resource);
}

type Generating = { readonly generator: Kustomization['configMapGenerator'][number]; readonly folder: string };

function generate(resources: Resource[], { generator, folder }: Generating): Resource[] {
  const lines = [
    ...generator.envs.flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n')),
    ...generator.literals,
  ];
  const pairs = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  const data = Object.fromEntries(pairs);
  const known = resources.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === generator.name);
  if ((known !== undefined) !== (generator.behavior === 'merge')) {
    throw new Error(`${folder}: merge the ConfigMap ${generator.name} where it exists, and make it where it does not.`);
  }
  if (known === undefined) {
    return [...resources, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: generator.name }, data }];
  }
  known['data'] = { ...(known['data'] as object), ...data };
  return resources;
}

function change(resource: Resource, { op, path, value }: z.infer<typeof Operation>): void {
  const keys = path.slice(1).split('/');
  const last = keys.pop() ?? '';
  let place: unknown = resource;
  for (const key of keys) place = (place as Record<string, unknown>)[key];
  if (place === undefined || (op === 'replace' && !Object.hasOwn(place as object, last))) {
    throw new Error(`${resource.kind} ${resource.metadata.name} has nothing at ${path}.`);
  }
  if (Array.isArray(place) && last === '-') place.push(value);
  else (place as Record<string, unknown>)[last] = value;
}

function transform(resources: Resource[], { namespace, nameSuffix, labels, images }: Kustomization): Resource[] {
  for (const resource of resources) {
    if (namespace === undefined) continue;
    if (resource.kind === 'Namespace') resource.metadata.name = namespace;
    else resource.metadata.namespace = namespace;
  }
  if (nameSuffix !== undefined) rename(resources, nameSuffix);
  for (const { pairs } of labels) for (const resource of resources) addLabels(resource, pairs);
  for (const image of images) for (const resource of resources) setImage(resource, image);
  return resources;
}

function setImage(resource: Resource, image: Kustomization['images'][number]): void {
  const template = (resource['spec'] as { template?: { spec: { containers: { image: string }[] } } } | undefined)
    ?.template;
  for (const container of template?.spec.containers ?? []) {
    const [, name = '', version = ''] = /^(.+?)((?::[^/]+)?(?:@.+)?)$/.exec(container.image) ?? [];
    if (name !== image.name) continue;
    const digest = image.digest === undefined ? undefined : `@${image.digest}`;
    const tag = image.newTag === undefined ? undefined : `:${image.newTag}`;
    container.image = `${image.newName ?? name}${digest ?? tag ?? version}`;
  }
}
