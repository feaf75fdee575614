import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readKustomization, resolveFolder } from './kustomize.ts';
import { selects } from './resources.ts';
import { Manifest } from './schema.ts';

export const folder: string = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Every folder that kustomize can be run on, as a path in this package; components are part of others. */
export const kustomizations: readonly string[] = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('kustomization.yaml') && !path.includes('node_modules'))
  .map(dirname)
  .filter((path) => readKustomization(join(folder, path)).kind === 'Kustomization')
  .sort();

/** Those that are applied to a cluster; the others are parts of them. */
export const overlays: readonly string[] = kustomizations.filter(
  (path) => path.startsWith('overlays/') && path !== 'overlays/split/users',
);

type OfKind<K extends Manifest['kind']> = Extract<Manifest, { kind: K }>;
export type Workload = OfKind<'Deployment'> | OfKind<'Job'>;

/** The objects that a folder comes to, each as its schema reads it. */
export function manifestsIn(path: string): readonly Manifest[] {
  return resolveFolder(join(folder, path)).map((resource) => Manifest.parse(resource));
}

export const ofKind = <K extends Manifest['kind']>(manifests: readonly Manifest[], kind: K): OfKind<K>[] =>
  manifests.filter((manifest): manifest is OfKind<K> => manifest.kind === kind);

/** What makes pods. */
export const workloadsOf = (manifests: readonly Manifest[]): Workload[] => [
  ...ofKind(manifests, 'Deployment'),
  ...ofKind(manifests, 'Job'),
];

export const containerOf = ({ spec }: Workload): Workload['spec']['template']['spec']['containers'][number] => {
  const [container] = spec.template.spec.containers;
  if (container === undefined) throw new Error('A pod has a container.');
  return container;
};

/** The pods among `workloads` that a selector chooses. */
export const chosen = (workloads: readonly Workload[], selector: Record<string, string> | undefined): Workload[] =>
  workloads.filter(({ spec }) => selects(selector, spec.template.metadata.labels));

/** The ConfigMap that a container reads. */
export function configOf(manifests: readonly Manifest[], workload: Workload): Record<string, string> {
  const names = containerOf(workload).envFrom.flatMap((source) =>
    'configMapRef' in source ? [source.configMapRef.name] : [],
  );
  const found = ofKind(manifests, 'ConfigMap').filter(({ metadata }) => names.includes(metadata.name));
  if (names.length !== 1 || found.length !== 1) throw new Error(`${workload.metadata.name} reads ${names.join(', ')}.`);
  return found[0]?.data ?? {};
}
