type Labels = Record<string, string>;

export type Resource = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Labels };
  [field: string]: unknown;
};

type Selector = { matchLabels?: Labels };
type PodSpec = {
  containers: { envFrom?: { configMapRef?: { name: string } }[] }[];
  topologySpreadConstraints?: { labelSelector: Selector }[];
};
type Spec = {
  selector?: Selector | Labels;
  podSelector?: Selector;
  template?: { metadata: { labels?: Labels }; spec: PodSpec };
  scaleTargetRef?: { kind: string; name: string };
};

const specOf = (resource: Resource): Spec => (resource['spec'] ?? {}) as Spec;

/** Adds a suffix to every name but a namespace's, and to what refers to one of these names. */
export function rename(resources: readonly Resource[], suffix: string): void {
  const renamed = resources.filter(({ kind }) => kind !== 'Namespace');
  const names = new Set(renamed.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const follow = (kind: string, reference: { name: string } | undefined): void => {
    if (reference !== undefined && names.has(`${kind}/${reference.name}`)) reference.name += suffix;
  };
  for (const resource of renamed) {
    resource.metadata.name += suffix;
    const { scaleTargetRef, template } = specOf(resource);
    if (scaleTargetRef !== undefined) follow(scaleTargetRef.kind, scaleTargetRef);
    const references = template?.spec.containers.flatMap(({ envFrom = [] }) => envFrom) ?? [];
    for (const { configMapRef } of references) follow('ConfigMap', configMapRef);
  }
}

/** Adds labels to an object, to the pods that it makes, and to what it selects them by. */
export function addLabels(resource: Resource, pairs: Labels): void {
  resource.metadata.labels = { ...resource.metadata.labels, ...pairs };
  const { selector, podSelector, template } = specOf(resource);
  const selectors = [
    podSelector,
    ...(template?.spec.topologySpreadConstraints ?? []).map(({ labelSelector }) => labelSelector),
  ];
  if (resource.kind === 'Service') Object.assign(selector as Labels, pairs);
  else selectors.push(selector as Selector | undefined);
  for (const one of selectors) if (one?.matchLabels !== undefined) Object.assign(one.matchLabels, pairs);
  if (template !== undefined) template.metadata.labels = { ...template.metadata.labels, ...pairs };
}

/** Whether a selector chooses what has these labels. */
export const selects = (selector: Labels | undefined, labels: Labels | undefined): boolean =>
  Object.entries(selector ?? {}).every(([name, value]) => labels?.[name] === value);
