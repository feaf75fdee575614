import { join } from 'node:path';
import { getFreePort } from '@plinth/testing';
import { type Child, createServiceSettings, startChild, waitUntilReady } from '@plinth/testing/process';
import { expect, it, onTestFinished } from 'vitest';
import { deployment, fillSecrets, fillWorkerSecret, job, readConfigMap, worker } from './manifests.ts';
import { root } from './settings.ts';

const local = createServiceSettings();

/** The environment of a pod of production, on the databases and free ports of this machine. */
const createPodEnvironment = async (app: string): Promise<Record<string, string>> => ({
  ...readConfigMap('production'),
  ...(await fillSecrets()),
  ...(app === 'worker' && (await fillWorkerSecret())),
  ...local,
  PORT: String(await getFreePort()),
  METRICS_PORT: String(await getFreePort()),
});

/** The environment of the job: the ConfigMap, and a Secret that has only the address of MongoDB. */
const createJobEnvironment = (): Record<string, string> => {
  const { ALLOW_INSECURE, MONGODB_DATABASE_PREFIX, MONGODB_URI } = local;
  return { ...readConfigMap('production'), ALLOW_INSECURE, MONGODB_DATABASE_PREFIX, MONGODB_URI };
};

function start(command: readonly string[], env: Record<string, string>, app = 'platform'): Child {
  const child = startChild(command, { cwd: join(root, 'apps', app), env });
  onTestFinished(async () => void (await child.end()));
  return child;
}

const pods = [
  ['platform', deployment],
  ['worker', worker],
] as const;

it.each(pods)(
  'a pod of the %s in production does not start before the job has migrated',
  async (app) => {
    const { exited, output } = start(['node', 'src/main.ts'], await createPodEnvironment(app), app);
    expect([(await exited)[0], output.stderr]).toEqual([
      1,
      expect.stringMatching(/^\nThe database '\w+' is behind this code, .* Run npm run db -- migrate/),
    ]);
  },
  60_000,
);

it.each([
  ['migrate', []],
  ['contract', ['--contract']],
])(
  'runs the job %s of production to its end, with the address of MongoDB as its only secret',
  async (_, options) => {
    const [{ command = [] }] = job.spec.template.spec.containers;
    const { exited, output } = start([...command, ...options], createJobEnvironment());
    expect([(await exited)[0], output.stderr]).toEqual([0, '']);
  },
  60_000,
);

it.each(pods)(
  'starts a pod of the %s after the job, which responds to its probes and to Prometheus',
  async (app, workload) => {
    const { spec, metadata } = workload.spec.template;
    const [{ startupProbe, livenessProbe, readinessProbe }] = spec.containers;
    const env = await createPodEnvironment(app);
    const pod = start(['node', 'src/main.ts'], env, app);
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      await waitUntilReady(pod, `http://127.0.0.1:${env['METRICS_PORT']}${probe?.httpGet.path}`, 45_000);
    }
    const metrics = `http://127.0.0.1:${env['METRICS_PORT']}${metadata.annotations?.['prometheus.io/path']}`;
    expect((await fetch(metrics)).status, pod.output.stderr).toBe(200);
    expect((await pod.end('SIGTERM'))[0]).toBe(0);
  },
  90_000,
);
