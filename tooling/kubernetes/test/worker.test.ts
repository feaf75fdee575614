import { load } from '@plinth/config';
import { checkSettings, workerSettings } from '@plinth/service-kit';
import { describe, expect, it } from 'vitest';
import {
  deployment,
  environments,
  fillSecrets,
  fillWorkerSecret,
  type IngressPolicy,
  job,
  type Labels,
  listAllowed,
  read,
  readConfigMap,
  secret,
  selects,
  worker,
  workerSecret,
} from './manifests.ts';

const { metadata, spec } = worker;
const pod = spec.template;
const [container] = pod.spec.containers;
const policy = read<IngressPolicy>('worker/network-policy.yaml');
const budget = read<{ spec: { selector: { matchLabels: Labels }; maxUnavailable: number } }>(
  'worker/disruption-budget.yaml',
);

const toMebibytes = (size: string): number => Number(/^(\d+)Mi$/.exec(size)?.[1]);

describe('the worker', () => {
  it('selects its own pods, and so do its disruption budget, policy and spread', () => {
    const spread = (pod.spec.topologySpreadConstraints ?? []).map(({ labelSelector }) => labelSelector);
    expect(spread).toHaveLength(2);
    for (const { matchLabels = {} } of [spec.selector, budget.spec.selector, policy.spec.podSelector, ...spread]) {
      expect(selects(matchLabels, pod.metadata.labels)).toBe(true);
      for (const other of [deployment, job])
        expect(selects(matchLabels, other.spec.template.metadata.labels)).toBe(false);
    }
  });

  it('receives no requests of the API, and connections of Prometheus only', () => {
    const service = read<{ spec: { selector: Labels } }>('base/service.yaml');
    expect(selects(service.spec.selector, pod.metadata.labels)).toBe(false);
    expect(listAllowed(policy)).toEqual([['monitoring', 'metrics']]);
  });

  it('names the port on which it serves metrics and probes, and no other', () => {
    const { METRICS_PORT } = readConfigMap('production');
    expect(container.ports).toEqual([{ name: 'metrics', containerPort: Number(METRICS_PORT) }]);
    expect(pod.metadata.annotations).toMatchObject({ 'prometheus.io/port': METRICS_PORT });
    const { startupProbe, livenessProbe, readinessProbe } = container;
    expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet)).toEqual([
      { path: '/health/ready', port: 'metrics' },
      { path: '/health/live', port: 'metrics' },
      { path: '/health/ready', port: 'metrics' },
    ]);
  });

  it.each(environments)(
    'gets every setting that it needs in %s, and does not start with the template',
    async (environment) => {
      const config = readConfigMap(environment);
      const secrets = { ...(await fillSecrets()), ...(await fillWorkerSecret()) };
      const loaded = load(workerSettings, { ...config, ...secrets });
      expect(checkSettings(loaded, { envFiles: [] })).toEqual([]);
      expect(Object.keys(workerSecret.stringData)).toEqual(Object.keys(await fillWorkerSecret()));
      expect(Object.keys(secret.stringData)).not.toContain('AUDIT_SIGNING_KEY');
      expect(() => load(workerSettings, { ...config, ...secrets, ...workerSecret.stringData })).toThrow(
        'AUDIT_SIGNING_KEY',
      );
    },
  );

  it('has no keys of tokens', () => {
    expect([container.volumeMounts, pod.spec.volumes]).toEqual([undefined, undefined]);
  });

  it('waits for migrations as long as a process that serves requests', () => {
    expect(container.startupProbe).toEqual(deployment.spec.template.spec.containers[0].startupProbe);
    expect(spec.progressDeadlineSeconds).toBe(deployment.spec.progressDeadlineSeconds);
  });

  it('runs twice at least, and never less often during a rollout or when a node is drained', () => {
    expect(spec).toMatchObject({ strategy: { rollingUpdate: { maxUnavailable: 0 } } });
    expect(spec.replicas).toBeUndefined();
    expect(budget.spec.maxUnavailable).toBe(1);
    const { spec: scaling } = read<{ spec: object }>('worker/autoscaler.yaml');
    expect(scaling).toMatchObject({ scaleTargetRef: { name: metadata.name }, minReplicas: 2 });
  });

  it('requests the memory of an idle worker, and may use less than twice as much', () => {
    const { requests, limits } = container.resources;
    expect(toMebibytes(requests.memory)).toBe(200);
    expect(toMebibytes(limits.memory)).toBe(350);
  });

  it.each([...environments, 'split'])('is part of %s', (overlay) => {
    const { resources } = read<{ resources: string[] }>(`overlays/${overlay}/kustomization.yaml`);
    expect(resources).toContain(overlay === 'split' ? 'worker' : '../../worker');
  });
});
