import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import {
  deployment,
  environments,
  folder,
  type IngressPolicy,
  job,
  keySecret,
  type Labels,
  listAllowed,
  migrationSecret,
  read,
  readConfigMap,
  readEnvironment,
  secret,
  selects,
  worker,
  workerSecret,
} from './manifests.ts';
import { apps, describeAllSettings } from './settings.ts';

/** Seconds from SIGTERM until a process ends itself. */
const stopSeconds = 10;
/** Seconds for which a start may wait for the migrations of another process. */
const migrationSeconds = 600;

type Patch = { patch: string };
type Kustomization = { nameSuffix?: string; labels?: { pairs: Labels }[]; resources?: string[]; patches?: Patch[] };

const workloads = [deployment, worker, job];
const secretsOf: Readonly<Record<string, readonly (typeof secret)[]>> = {
  [job.metadata.name]: [migrationSecret],
  [worker.metadata.name]: [secret, workerSecret],
};
const pod = deployment.spec.template;
const [container] = pod.spec.containers;

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.yaml') && !path.includes('node_modules'),
);

it.each(files)('%s is YAML', (path) => {
  const documents = parseAllDocuments(readFileSync(join(folder, path), 'utf8'));
  expect([...documents].flatMap(({ errors }) => errors)).toEqual([]);
});

describe.each(workloads)('the pods of $metadata.name', ({ metadata, spec }) => {
  it('have no privileges, no service account token and no writable file system', () => {
    expect(spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { requests: {}, limits: { memory: expect.any(String) } },
        },
      ],
    });
  });

  it('read the ConfigMap and their Secrets of the template', () => {
    const { configMapGenerator } = read<{ configMapGenerator: { name: string }[] }>('settings/kustomization.yaml');
    expect(spec.template.spec.containers[0].envFrom).toEqual([
      { configMapRef: { name: configMapGenerator[0]?.name } },
      ...(secretsOf[metadata.name] ?? [secret]).map(({ metadata: { name } }) => ({ secretRef: { name } })),
    ]);
  });

  it('have more time to stop than a process needs', () => {
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(stopSeconds);
  });

  it.each(environments)('run one pinned version of our image in %s', (environment) => {
    const image = readEnvironment(environment).images.find(
      ({ name }) => name === spec.template.spec.containers[0].image,
    );
    expect(image?.newName).toMatch(/^ghcr\.io\/plinth\/plinth\/[a-z-]+$/);
    expect(image?.digest ?? image?.newTag).toMatch(/^(\d+\.\d+\.\d+|sha256:[0-9a-f]{64})$/);
  });
});

describe('the Deployment', () => {
  it('selects its own pods, and so do Service, disruption budget and spread', () => {
    const service = read<{ spec: { selector: Labels } }>('base/service.yaml');
    const budget = read<{ spec: { selector: { matchLabels: Labels } } }>('base/disruption-budget.yaml');
    const spread = pod.spec.topologySpreadConstraints ?? [];
    expect(spread.length).toBeGreaterThan(0);
    for (const selector of [
      service.spec.selector,
      ...[deployment.spec.selector, budget.spec.selector, ...spread.map(({ labelSelector }) => labelSelector)].map(
        ({ matchLabels }) => matchLabels,
      ),
    ]) {
      expect(selects(selector, pod.metadata.labels)).toBe(true);
      expect(selects(selector, job.spec.template.metadata.labels)).toBe(false);
    }
  });

  it('names the ports on which the process listens', () => {
    const { PORT, METRICS_PORT } = readConfigMap('production');
    const ports = Object.fromEntries((container.ports ?? []).map((port) => [port.name, String(port.containerPort)]));
    expect(ports).toEqual({ http: PORT, metrics: METRICS_PORT });
    expect(pod.metadata.annotations).toMatchObject({ 'prometheus.io/port': METRICS_PORT });
    const { startupProbe, livenessProbe, readinessProbe } = container;
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) expect(probe?.httpGet.port).toBe('metrics');
    const { spec } = read<{ spec: { ports: { targetPort: string }[] } }>('base/service.yaml');
    expect(spec.ports.map(({ targetPort }) => targetPort)).toEqual(['http']);
  });

  it('mounts the Secret of the keys where the settings expect the file', () => {
    const [mount] = container.volumeMounts ?? [];
    expect(pod.spec.volumes).toEqual([{ name: mount?.name, secret: { secretName: keySecret.metadata.name } }]);
    const paths = Object.keys(keySecret.stringData).map((file) => `${mount?.mountPath}/${file}`);
    expect(paths).toEqual([readConfigMap('production')['AUTH_JWKS_FILE']]);
  });

  it('allows the time that a start may wait for migrations', () => {
    const { periodSeconds = 0, failureThreshold = 0 } = container.startupProbe ?? {};
    expect(periodSeconds * failureThreshold).toBeGreaterThan(migrationSeconds);
    expect(deployment.spec.progressDeadlineSeconds).toBeGreaterThan(periodSeconds * failureThreshold);
  });

  it('replaces a pod only when its successor is ready, and leaves the number of pods to the autoscaler', () => {
    expect(deployment.spec).toMatchObject({ strategy: { rollingUpdate: { maxUnavailable: 0 } } });
    expect(deployment.spec.replicas).toBeUndefined();
    expect(read('base/autoscaler.yaml')).toMatchObject({
      spec: { scaleTargetRef: { name: deployment.metadata.name }, minReplicas: 2 },
    });
  });
});

describe('the network', async () => {
  const infos = await describeAllSettings();
  type Policy = { spec: IngressPolicy['spec'] & { egress?: { ports: { port: number }[] }[] } };
  const namespace = parseAllDocuments(readFileSync(join(folder, 'namespace/network-policy.yaml'), 'utf8'));
  const [deny, egress] = [...namespace].map((document) => document.toJS() as Policy);

  it('is closed by default', () => {
    expect(deny?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('lets every pod, including one that migrates, reach DNS, the databases and the trace collector', () => {
    for (const { spec } of workloads) {
      expect(selects(egress?.spec.podSelector.matchLabels ?? {}, spec.template.metadata.labels)).toBe(true);
    }
    const ports = egress?.spec.egress?.flatMap((rule) => rule.ports.map(({ port }) => String(port)));
    const needed = ['MONGODB_URI', 'REDIS_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT'].map(
      (name) => /:(\d+)/.exec(infos.find((setting) => setting.name === name)?.example ?? '')?.[1] ?? name,
    );
    expect(ports?.sort()).toEqual(['53', '53', ...needed].sort());
  });

  it('lets only the ingress reach the API, and only Prometheus the metrics', () => {
    expect(listAllowed(read('base/network-policy.yaml'))).toEqual([
      ['ingress-nginx', 'http'],
      ['monitoring', 'metrics'],
    ]);
  });

  it('admits only pods without privileges', () => {
    const labels = read<{ metadata: { labels: Labels } }>('namespace/namespace.yaml').metadata.labels;
    expect(labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
  });
});

it('runs a canary as one pod behind the Service of production, apart from the stable Deployment', () => {
  const canary = read<Kustomization>('overlays/production/canary/kustomization.yaml');
  expect(canary.nameSuffix).toBe('-canary');
  expect(canary.resources).toEqual(['../../../process']);
  expect(canary.patches?.map(({ patch }) => patch).join('')).toContain('path: /spec/replicas\n  value: 1');
  const labels = { ...pod.metadata.labels, ...canary.labels?.[0]?.pairs };
  const { spec } = read<{ spec: { selector: Labels } }>('base/service.yaml');
  expect(selects(spec.selector, labels)).toBe(true);
  expect(selects(deployment.spec.selector.matchLabels, labels)).toBe(false);
});

it('runs every service in production in many processes', () => {
  const services = apps.filter((app) => app.startsWith('svc-')).map((app) => app.slice('svc-'.length));
  const { resources = [] } = read<Kustomization>('overlays/split/kustomization.yaml');
  expect(new Set(resources.filter((path) => !path.startsWith('..')))).toEqual(new Set([...services, 'worker']));
  for (const service of services) {
    const { patches = [] } = read<Kustomization>(`overlays/split/${service}/module/kustomization.yaml`);
    expect(patches[0]?.patch).toContain(`value: plinth/svc-${service}`);
    expect(readEnvironment('production').images.map(({ name }) => name)).toContain(`plinth/svc-${service}`);
  }
});

it.each(environments)(
  'migrates in %s with two jobs: one for the release, and one for when no old process is left',
  (environment) => {
    expect(container.command).toBeUndefined();
    expect(job.spec.template.spec.containers[0].command).toEqual(['node', 'src/db.ts', 'migrate']);
    expect(existsSync(join(folder, `overlays/${environment}/migrate/kustomization.yaml`))).toBe(true);
    const { patches = [] } = read<Kustomization>(`overlays/${environment}/contract/kustomization.yaml`);
    const patch = patches.map((entry) => entry.patch).join('');
    expect(patch).toContain('value: plinth-contract');
    expect(patch).toContain('command/-\n  value: --contract');
  },
);
