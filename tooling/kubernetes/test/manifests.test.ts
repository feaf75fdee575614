import { describeSetting } from '@plinth/config';
import { describe, expect, it } from 'vitest';
import { allSettings, apps } from '../src/settings.ts';
import { template } from './filled-secret.ts';
import {
  chosen,
  configOf,
  containerOf,
  kustomizations,
  manifestsIn,
  ofKind,
  overlays,
  workloadsOf,
} from './overlay.ts';
import { selects } from './resources.ts';
import { Manifest } from './schema.ts';

/** How long a process may take from SIGTERM to its end, in seconds; then it ends itself. */
const stopSeconds = 10;
/** How long a start may wait for the migrations of another process, in seconds. */
const migrationSeconds = 600;

it.each(kustomizations)('%s comes to objects that a cluster takes, and to no twins', (path) => {
  const names = manifestsIn(path).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

describe('the schema', () => {
  const sound = JSON.stringify(ofKind(manifestsIn('process'), 'Deployment')[0]);

  it.each([
    ['a misspelt field', '"revisionHistoryLimit"', '"revisionHistorylimit"'],
    ['root', '"runAsUser":1000', '"runAsUser":0'],
    ['a file system that can be written', '"readOnlyRootFilesystem":true', '"readOnlyRootFilesystem":false'],
    ['a capability', '"drop":["ALL"]', '"drop":["ALL"],"add":["NET_ADMIN"]'],
    ['system calls without a filter', '"RuntimeDefault"', '"Unconfined"'],
    ['a token of the cluster', '"automountServiceAccountToken":false', '"automountServiceAccountToken":true'],
    ['a pod that goes before its successor serves', '"maxUnavailable":0', '"maxUnavailable":1'],
  ])('refuses %s', (_, text, spoilt) => {
    expect(sound).toContain(text);
    expect(Manifest.safeParse(JSON.parse(sound)).success).toBe(true);
    expect(Manifest.safeParse(JSON.parse(sound.replace(text, spoilt))).success).toBe(false);
  });
});

describe.each(overlays)('%s', (path) => {
  const manifests = manifestsIn(path);
  const workloads = workloadsOf(manifests);
  const deployments = ofKind(manifests, 'Deployment');

  it('runs one version of an image of ours, never the latest', () => {
    for (const workload of workloads) {
      expect(containerOf(workload).image).toMatch(
        /^ghcr\.io\/plinth\/plinth\/[a-z-]+(:\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/,
      );
    }
  });

  it('reads a ConfigMap that it brings, and the Secret of the template', () => {
    for (const workload of workloads) {
      expect(Object.keys(configOf(manifests, workload)).length).toBeGreaterThan(0);
      const secrets = containerOf(workload).envFrom.flatMap((source) =>
        'secretRef' in source ? [source.secretRef.name] : [],
      );
      expect(secrets).toEqual([template.metadata.name]);
    }
  });

  it('selects by labels that its pods have', () => {
    for (const { metadata, spec } of deployments) {
      const { labels } = spec.template.metadata;
      expect(selects(spec.selector.matchLabels, labels), metadata.name).toBe(true);
      expect(spec.template.spec.topologySpreadConstraints?.length).toBeGreaterThan(0);
      for (const { labelSelector } of spec.template.spec.topologySpreadConstraints ?? []) {
        expect(selects(labelSelector.matchLabels, labels), metadata.name).toBe(true);
      }
    }
    const selectors = [
      ...ofKind(manifests, 'Service').map(({ spec }) => spec.selector),
      ...ofKind(manifests, 'PodDisruptionBudget').map(({ spec }) => spec.selector.matchLabels),
    ];
    for (const selector of selectors) expect(chosen(workloads, selector)).toHaveLength(1);
  });

  it('names ports that its containers have, where the process listens', () => {
    for (const workload of deployments) {
      const { PORT, METRICS_PORT } = configOf(manifests, workload);
      const ports = Object.fromEntries(
        (containerOf(workload).ports ?? []).map((port) => [port.name, String(port.containerPort)]),
      );
      expect(ports).toEqual({ http: PORT, metrics: METRICS_PORT });
      expect(workload.spec.template.metadata.annotations).toMatchObject({ 'prometheus.io/port': METRICS_PORT });
      const { startupProbe, livenessProbe, readinessProbe } = containerOf(workload);
      for (const probe of [startupProbe, livenessProbe, readinessProbe]) expect(probe?.httpGet.port).toBe('http');
    }
    const targets = ofKind(manifests, 'Service').flatMap(({ spec }) => spec.ports.map(({ targetPort }) => targetPort));
    expect(targets.filter((target) => target !== 'http')).toEqual([]);
  });

  it('waits for a start that waits for migrations, and for an end that lets requests finish', () => {
    for (const { spec } of deployments) {
      const { periodSeconds = 0, failureThreshold = 0 } = spec.template.spec.containers[0]?.startupProbe ?? {};
      expect(periodSeconds * failureThreshold).toBeGreaterThan(migrationSeconds);
      expect(spec.progressDeadlineSeconds).toBeGreaterThan(periodSeconds * failureThreshold);
    }
    for (const { spec } of workloads)
      expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(stopSeconds);
  });

  it('runs at least two pods of everything but a canary, as many as an autoscaler says', () => {
    const scalers = ofKind(manifests, 'HorizontalPodAutoscaler').map(({ spec }) => spec.scaleTargetRef.name);
    const ownNumber = deployments
      .filter(({ spec }) => spec.replicas !== undefined)
      .map(({ metadata }) => metadata.name);
    expect([...scalers, ...ownNumber].sort()).toEqual(deployments.map(({ metadata }) => metadata.name).sort());
    expect(ownNumber.filter((name) => !name.endsWith('-canary'))).toEqual([]);
  });
});

describe.each(['overlays/staging', 'overlays/production', 'overlays/split'])('the network of %s', async (path) => {
  const settings = await allSettings();
  const manifests = manifestsIn(path);
  const workloads = workloadsOf([...manifests, ...manifestsIn('migrate')]);
  const policies = ofKind(manifests, 'NetworkPolicy').map(({ spec }) => spec);
  const egress = policies.filter((spec) => spec.egress !== undefined);

  it('lets nothing in and nothing out but what a policy names', () => {
    expect(policies).toContainEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('leads every process, also the one that migrates, to names, databases and traces', () => {
    for (const { spec } of workloads) {
      const own = egress.filter(
        ({ podSelector }) =>
          'matchLabels' in podSelector && selects(podSelector.matchLabels, spec.template.metadata.labels),
      );
      const ports = own
        .flatMap((policy) => policy.egress ?? [])
        .flatMap((rule) => rule.ports.map(({ port }) => String(port)));
      const needed = ['MONGODB_URI', 'REDIS_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT'].map(
        (name) => /:(\d+)/.exec(describeSetting(name, settings[name] as never).example ?? '')?.[1] ?? name,
      );
      expect(ports.sort()).toEqual(['53', '53', ...needed].sort());
    }
  });

  it('lets the ingress reach the API, and Prometheus the metrics, and nobody else anything', () => {
    const rules = policies.flatMap((spec) => spec.ingress ?? []);
    const ways = rules.map(({ from, ports }) => [
      ...from.map(({ namespaceSelector }) => namespaceSelector.matchLabels['kubernetes.io/metadata.name']),
      ...ports.map(({ port }) => port),
    ]);
    const served = ofKind(manifests, 'Deployment').length;
    expect(ways.filter(([from]) => from === 'ingress-nginx')).toEqual(
      Array.from({ length: served }, () => ['ingress-nginx', 'http']),
    );
    expect(ways.filter(([from]) => from === 'monitoring')).toEqual(
      Array.from({ length: served }, () => ['monitoring', 'metrics']),
    );
    expect(ways).toHaveLength(2 * served);
  });
});

describe('a canary', () => {
  const stable = manifestsIn('overlays/production');
  const canary = manifestsIn('overlays/production/canary');
  const [service] = ofKind(stable, 'Service');
  const [deployment] = ofKind(canary, 'Deployment');

  it('is one pod behind the Service of production', () => {
    expect(deployment?.spec.replicas).toBe(1);
    expect(deployment?.metadata.namespace).toBe(service?.metadata.namespace);
    expect(chosen(workloadsOf([...stable, ...canary]), service?.spec.selector)).toHaveLength(2);
  });

  it('is neither of the stable Deployment, nor of its autoscaler', () => {
    for (const { spec } of ofKind(stable, 'Deployment')) {
      expect(selects(spec.selector.matchLabels, deployment?.spec.template.metadata.labels)).toBe(false);
    }
    expect(
      selects(deployment?.spec.selector.matchLabels, ofKind(stable, 'Deployment')[0]?.spec.template.metadata.labels),
    ).toBe(false);
    expect(ofKind(canary, 'HorizontalPodAutoscaler')).toEqual([]);
  });

  it('is reached and let out like the rest of production', () => {
    const labels = deployment?.spec.template.metadata.labels;
    const selectors = ofKind(stable, 'NetworkPolicy').map(({ spec }) => spec.podSelector);
    for (const selector of selectors)
      expect(selects('matchLabels' in selector ? selector.matchLabels : {}, labels)).toBe(true);
  });
});

describe('production in many processes', () => {
  it('runs every module', () => {
    const images = ofKind(manifestsIn('overlays/split'), 'Deployment').map(
      ({ spec }) => spec.template.spec.containers[0]?.image,
    );
    const services = apps.filter((app) => app.startsWith('svc-'));
    expect(services.filter((app) => !images.some((image) => image?.match(`/${app}[:@]`)))).toEqual([]);
    expect(images).toHaveLength(services.length);
  });
});

describe('migrations', () => {
  it.each(['staging', 'production'])(
    'run in %s as two jobs: with a release, and when no old process is left',
    (environment) => {
      const commands = ['migrate', 'contract'].map((name) => {
        const [job] = ofKind(manifestsIn(`overlays/${environment}/${name}`), 'Job');
        return [job?.metadata.name, job && containerOf(job).command?.join(' ')];
      });
      expect(commands).toEqual([
        ['plinth-migrate', 'node src/db.ts migrate'],
        ['plinth-contract', 'node src/db.ts migrate --contract'],
      ]);
    },
  );
});
