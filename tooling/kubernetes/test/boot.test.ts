import { join } from 'node:path';
import { getFreePort } from '@plinth/testing';
import { type Child, createDatabasePrefix, startChild, waitUntilReady } from '@plinth/testing/process';
import { expect, it, onTestFinished } from 'vitest';
import { deployment, fillSecret, job, readConfigMap } from './manifests.ts';
import { root } from './settings.ts';

/** The environment of a pod of production, on free ports of this machine. */
const createEnvironment = async (): Promise<Record<string, string>> => ({
  ...readConfigMap('production'),
  ...(await fillSecret()),
  MONGODB_DATABASE_PREFIX: createDatabasePrefix(),
  PORT: String(await getFreePort()),
  METRICS_PORT: String(await getFreePort()),
});

function start(command: readonly string[], env: Record<string, string>): Child {
  const child = startChild(command, { cwd: join(root, 'apps/platform'), env });
  onTestFinished(async () => void (await child.end()));
  return child;
}

it('starts a pod of production, which responds to its probes and to Prometheus', async () => {
  const { spec, metadata } = deployment.spec.template;
  const [{ startupProbe, livenessProbe, readinessProbe }] = spec.containers;
  const env = await createEnvironment();
  const pod = start(['node', 'src/main.ts'], env);
  for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
    await waitUntilReady(pod, `http://127.0.0.1:${env['METRICS_PORT']}${probe?.httpGet.path}`, 45_000);
  }
  const metrics = `http://127.0.0.1:${env['METRICS_PORT']}${metadata.annotations?.['prometheus.io/path']}`;
  expect((await fetch(metrics)).status, pod.output.stderr).toBe(200);
  expect((await pod.end('SIGTERM'))[0]).toBe(0);
}, 90_000);

it.each([
  ['migrate', []],
  ['contract', ['--contract']],
])(
  'runs the job %s of production to its end',
  async (_, options) => {
    const [{ command = [] }] = job.spec.template.spec.containers;
    const { exited, output } = start([...command, ...options], await createEnvironment());
    expect([(await exited)[0], output.stderr]).toEqual([0, '']);
  },
  60_000,
);
