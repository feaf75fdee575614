import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createTokenSigner, generateSigningKey, toPublicJwk } from '@plinth/auth';
import { findPrometheus } from '@plinth/engines';
import { openRaw } from '@plinth/mongo/testing';
import { aFreePort, anId } from '@plinth/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { artifacts } from '../src/artifacts.ts';
import { toYaml } from '../src/yaml.ts';
import { aFolderOf, expressionsOf } from './files.ts';

const made = await artifacts();
const main = fileURLToPath(new URL('../../../apps/platform/src/main.ts', import.meta.url));

/** Starts a program that ends with the test, and keeps what it says. */
const start = (program: string, args: readonly string[], env: Record<string, string | undefined>) => {
  const child: ChildProcess = spawn(program, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout?.on('data', (chunk) => (said += chunk));
  child.stderr?.on('data', (chunk) => (said += chunk));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return { said: () => said };
};

/** The platform, with tracing and metrics; a token of somebody whom it knows. */
const startPlatform = async () => {
  const key = await generateSigningKey();
  const parties = { issuer: 'plinth', audience: 'plinth-api' };
  const clock = { now: () => new Date() };
  const subject = { id: anId(), tenantId: anId(), roles: ['owner'] };
  const token = await createTokenSigner({ key, clock, ...parties }).sign(subject);
  const [port, metricsPort, collectorPort] = [await aFreePort(), await aFreePort(), await aFreePort()];
  const databasePrefix = `t${randomBytes(6).toString('hex')}_`;
  const mongodbUri = String(process.env['MONGODB_URI']);
  onTestFinished(async () => {
    const raw = openRaw(mongodbUri);
    await raw.drop(`${databasePrefix}users`);
    await raw.close();
  });
  const { said } = start(process.execPath, [main], {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    OTEL_TRACING: 'true',
    // Nobody is there: that spans are lost has to be seen as well.
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
    MONGODB_URI: mongodbUri,
    MONGODB_DATABASE_PREFIX: databasePrefix,
    REDIS_URL: process.env['REDIS_URL'],
    AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }),
    CURSOR_SECRET: 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe',
  });
  const url = `http://127.0.0.1:${port}`;
  const isReady = async () => expect((await fetch(`${url}/health/ready`)).status, said()).toBe(200);
  await vi.waitFor(isReady, 20_000);
  return { url, token, metricsPort };
};

/** A Prometheus that reads the port every second, with the rules. */
const startPrometheus = async (metricsPort: number) => {
  const { prometheus } = await findPrometheus(process.env, console.error);
  const config = toYaml({
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['rules/host.yaml', 'rules/users.yaml'],
    scrape_configs: [{ job_name: 'plinth', static_configs: [{ targets: [`127.0.0.1:${metricsPort}`] }] }],
  });
  const folder = await aFolderOf({ ...made, 'prometheus.yaml': config });
  const port = await aFreePort();
  const args = [`--config.file=${folder}/prometheus.yaml`, `--storage.tsdb.path=${folder}/data`];
  const { said } = start(
    prometheus,
    [...args, `--web.listen-address=127.0.0.1:${port}`, '--enable-feature=exemplar-storage'],
    { PATH: process.env['PATH'] },
  );
  const ask = async (path: string, parameters: Record<string, string> = {}): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    expect(answer.status, said()).toBe(200);
    return ((await answer.json()) as { data: unknown }).data;
  };
  await vi.waitFor(() => ask('status/runtimeinfo'), 20_000);
  return ask;
};

/** The names of metrics and recorded series in an expression. */
const namesIn = (expr: string): string[] =>
  expr.match(/\b(?:http|mongodb|process|nodejs|idempotency|trace|plinth:)\w[\w:]*/g) ?? [];

it('Prometheus reads the port of a running platform, and its rules and dashboards find what they ask for', async () => {
  const { url, token, metricsPort } = await startPlatform();
  const ask = await startPrometheus(metricsPort);
  const value = async (query: string): Promise<string | undefined> => {
    const { result } = (await ask('query', { query })) as { result: { value: [number, string] }[] };
    return result[0]?.value[1];
  };
  await expect.poll(() => value('up'), { timeout: 20_000 }).toBe('1');

  const traceId = randomBytes(16).toString('hex');
  const headers = { authorization: `Bearer ${token}`, traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const read = async () => expect((await fetch(`${url}/v1/users`, { headers })).status).toBe(200);
  const write = async () =>
    fetch(`${url}/v1/users`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': 'once' },
      body: JSON.stringify({ name: 'Ada', email: 'ada@test.example', role: 'member' }),
    });
  const seen = async () => {
    await read();
    await write();
    return value('plinth:http_errors:ratio_rate5m{module="users"}');
  };
  // A rate needs two readings with requests between them.
  await expect.poll(seen, { timeout: 30_000, interval: 500 }).toBe('0');

  const labels = 'module="users",method="GET",route="/v1/users",status="2xx"';
  expect(Number(await value(`http_server_request_duration_seconds_count{${labels}}`))).toBeGreaterThan(1);
  expect(Number(await value('idempotency_replays_total'))).toBeGreaterThan(0);
  const exemplars = async () =>
    JSON.stringify(
      await ask('query_exemplars', {
        query: 'http_server_request_duration_seconds_bucket',
        start: String(Date.now() / 1000 - 600),
        end: String(Date.now() / 1000 + 600),
      }),
    );
  await expect.poll(exemplars, { timeout: 10_000 }).toContain(`"trace_id":"${traceId}"`);

  const asked = Object.entries(made)
    .filter(([path]) => path.startsWith('dashboards/'))
    .flatMap(([, text]) => expressionsOf(text).flatMap(namesIn));
  const known = async () => {
    const names = new Set((await ask('label/__name__/values')) as string[]);
    // No error has been answered yet, and garbage is collected some time or other.
    const laterOn = new Set(['http_server_errors_total', 'nodejs_gc_duration_seconds_sum']);
    return [...new Set(asked)].filter((name) => !names.has(name) && !laterOn.has(name));
  };
  await expect.poll(known, { timeout: 20_000 }).toEqual([]);
  await expect.poll(() => value('trace_spans_lost_total > 0'), { timeout: 20_000 }).toBeDefined();
}, 120_000);
