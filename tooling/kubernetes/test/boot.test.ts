import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { aFreePort, anId } from '@plinth/testing';
import { afterEach, expect, it } from 'vitest';
import { root } from '../src/settings.ts';
import { filledSecret } from './filled-secret.ts';
import { configOf, containerOf, manifestsIn, ofKind } from './overlay.ts';

const platform = join(root, 'apps/platform');
const started: ChildProcess[] = [];

/** What a pod of the overlay gives its process, on ports that are free here. */
const environment = async (path: string, kind: 'Deployment' | 'Job'): Promise<Record<string, string>> => {
  const manifests = manifestsIn(path);
  const [workload] = ofKind<'Deployment' | 'Job'>(manifests, kind);
  if (workload === undefined) throw new Error(`${path} has no ${kind}.`);
  return {
    PATH: process.env['PATH'] ?? '',
    ...configOf(manifests, workload),
    ...(await filledSecret()),
    MONGODB_DATABASE_PREFIX: `t${anId().replaceAll('-', '').slice(-12)}_`,
    PORT: String(await aFreePort()),
    METRICS_PORT: String(await aFreePort()),
  };
};

const start = ([program = '', ...args]: readonly string[], env: Record<string, string>) => {
  const child = spawn(program, args, { cwd: platform, env, stdio: ['ignore', 'ignore', 'pipe'] });
  started.push(child);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return { child, stderr: () => stderr, ended: once(child, 'exit') as Promise<[number | null]> };
};

const statusAt = (url: string, otherwise: () => string): Promise<number | string> =>
  fetch(url).then(({ status }) => status, otherwise);

afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});

it('a pod of production starts, and its probes and Prometheus find what they ask for', async () => {
  const manifests = manifestsIn('overlays/production');
  const [deployment] = ofKind(manifests, 'Deployment');
  if (deployment === undefined) throw new Error('Production has a Deployment.');
  const { startupProbe, livenessProbe, readinessProbe } = containerOf(deployment);
  const env = await environment('overlays/production', 'Deployment');
  const { child, stderr, ended } = start(['node', 'src/main.ts'], env);
  for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
    const url = `http://127.0.0.1:${env['PORT']}${probe?.httpGet.path}`;
    await expect.poll(() => statusAt(url, () => stderr() || 'nobody answers'), { timeout: 45_000 }).toBe(200);
  }
  const path = deployment.spec.template.metadata.annotations?.['prometheus.io/path'];
  expect(await statusAt(`http://127.0.0.1:${env['METRICS_PORT']}${path}`, stderr)).toBe(200);
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
}, 90_000);

it.each(['migrate', 'contract'])(
  'the job %s of production ends well',
  async (name) => {
    const path = `overlays/production/${name}`;
    const [job] = ofKind(manifestsIn(path), 'Job');
    const { stderr, ended } = start((job && containerOf(job).command) ?? [], await environment(path, 'Job'));
    expect([(await ended)[0], stderr()]).toEqual([0, '']);
  },
  60_000,
);
