import { join } from 'node:path';
import { aFreePort } from '@plinth/testing';
import { aDatabasePrefix, startChild, untilReady } from '@plinth/testing/process';
import { expect, it, onTestFinished } from 'vitest';
import { root } from '../src/settings.ts';
import { filledSecret } from './filled-secret.ts';
import { configOf, containerOf, manifestsIn, ofKind } from './overlay.ts';

const platform = join(root, 'apps/platform');

/** What a pod of the overlay gives its process, on ports that are free here. */
const environment = async (path: string, kind: 'Deployment' | 'Job'): Promise<Record<string, string>> => {
  const manifests = manifestsIn(path);
  const [workload] = ofKind<'Deployment' | 'Job'>(manifests, kind);
  if (workload === undefined) throw new Error(`${path} has no ${kind}.`);
  return {
    ...configOf(manifests, workload),
    ...(await filledSecret()),
    MONGODB_DATABASE_PREFIX: aDatabasePrefix(),
    PORT: String(await aFreePort()),
    METRICS_PORT: String(await aFreePort()),
  };
};

const start = (command: readonly string[], env: Record<string, string>) => {
  const child = startChild(command, { cwd: platform, env });
  onTestFinished(async () => void (await child.end()));
  return child;
};

it('a pod of production starts, and its probes and Prometheus find what they ask for', async () => {
  const manifests = manifestsIn('overlays/production');
  const [deployment] = ofKind(manifests, 'Deployment');
  if (deployment === undefined) throw new Error('Production has a Deployment.');
  const { startupProbe, livenessProbe, readinessProbe } = containerOf(deployment);
  const env = await environment('overlays/production', 'Deployment');
  const pod = start(['node', 'src/main.ts'], env);
  for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
    await untilReady(pod, `http://127.0.0.1:${env['PORT']}${probe?.httpGet.path}`, 45_000);
  }
  const path = deployment.spec.template.metadata.annotations?.['prometheus.io/path'];
  expect((await fetch(`http://127.0.0.1:${env['METRICS_PORT']}${path}`)).status, pod.output.stderr).toBe(200);
  expect((await pod.end('SIGTERM'))[0]).toBe(0);
}, 90_000);

it.each(['migrate', 'contract'])(
  'the job %s of production ends well',
  async (name) => {
    const path = `overlays/production/${name}`;
    const [job] = ofKind(manifestsIn(path), 'Job');
    const { exited, output } = start((job && containerOf(job).command) ?? [], await environment(path, 'Job'));
    expect([(await exited)[0], output.stderr]).toEqual([0, '']);
  },
  60_000,
);
