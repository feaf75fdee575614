import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { startPlatform } from '@plinth/load';
import { createId, getFreePort } from '@plinth/testing';
import { createServiceSettings, nodeCommand, startChild, waitUntilReady } from '@plinth/testing/process';
import { expect, it, onTestFinished } from 'vitest';
import { createFolder, getExpressions } from './files.ts';
import { findPrometheus } from './find-prometheus.ts';

const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;

/** Starts the platform with metrics, and with tracing to a collector that does not exist, so that spans are lost. */
async function startTraced(metricsPort: number) {
  const collectorPort = await getFreePort();
  const settings = {
    METRICS_PORT: String(metricsPort),
    OTEL_TRACING: 'true',
    OTEL_TRACES_SAMPLER_ARG: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
  };
  const { url, createToken, stop } = await startPlatform({ mongodbUri, redisUrl }, settings);
  onTestFinished(stop);
  return { url, token: await createToken({ id: createId(), tenantId: createId(), role: 'owner' }) };
}

/** Starts a worker on databases of its own. It has no events: its backlog is measured anyway. */
async function startWorker(metricsPort: number) {
  const main = new URL('../../../apps/worker/src/main.ts', import.meta.url);
  // The audit trail has no messages, and needs a key to sign with.
  const env = { ...createServiceSettings(), METRICS_PORT: String(metricsPort), WORKER_MODULES: 'orders,users' };
  const child = startChild(nodeCommand(main), { env });
  onTestFinished(async () => void (await child.end('SIGTERM')));
  await child.request();
}

/** Starts a Prometheus that scrapes ports, with our rules. Returns a function that queries its API. */
async function startPrometheus(metricsPorts: readonly number[]) {
  const { prometheus } = await findPrometheus({ env: process.env, log: console.error });
  const targets = metricsPorts.map((port) => `127.0.0.1:${port}`);
  const folder = await createFolder({
    'prometheus.yaml': {
      global: { scrape_interval: '250ms', evaluation_interval: '250ms' },
      rule_files: ['rules/*.yaml'],
      scrape_configs: [{ job_name: 'plinth', static_configs: [{ targets }] }],
    },
  });
  const port = await getFreePort();
  const child = startChild([
    prometheus,
    `--config.file=${folder}/prometheus.yaml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
  ]);
  onTestFinished(async () => void (await child.end()));
  await waitUntilReady(child, `http://127.0.0.1:${port}/api/v1/status/runtimeinfo`);
  return async (path: string, parameters: Record<string, string> = {}): Promise<unknown> => {
    const query = new URLSearchParams(parameters).toString();
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}?${query}`);
    expect(response.status, child.combinedOutput()).toBe(200);
    return ((await response.json()) as { data: unknown }).data;
  };
}

/** Returns the names of metrics and recorded series in rules and dashboards. */
async function getUsedNames(): Promise<string[]> {
  const read = async (folder: string): Promise<string[]> => {
    const names = await readdir(new URL(`../${folder}`, import.meta.url));
    return await Promise.all(names.map((name) => readFile(new URL(`../${folder}/${name}`, import.meta.url), 'utf8')));
  };
  const expressions = [...(await read('dashboards')).flatMap(getExpressions), ...(await read('rules'))];
  const names = expressions.flatMap(
    (text) =>
      text.match(
        /\b(?:(?:http|mongodb|process|nodejs|idempotency|trace|revocations|security|sign|messages)_\w+|plinth:[\w:]+)/g,
      ) ?? [],
  );
  return [...new Set(names)].sort();
}

it('every metric of rules and dashboards exists in a scrape of the platform or of a worker', async () => {
  const [platformPort, workerPort] = [await getFreePort(), await getFreePort()];
  const [{ url, token }, query] = await Promise.all([
    startTraced(platformPort),
    startPrometheus([platformPort, workerPort]),
    startWorker(workerPort),
  ]);
  const getValue = async (expression: string): Promise<string | undefined> => {
    const { result } = (await query('query', { query: expression })) as { result: { value: [number, string] }[] };
    return result[0]?.value[1];
  };
  await expect.poll(() => getValue('sum(up)'), { timeout: 20_000 }).toBe('2');

  const traceId = randomBytes(16).toString('hex');
  const headers = { authorization: `Bearer ${token}`, traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const post = {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': 'once' },
    body: JSON.stringify({ name: 'Ada', email: 'ada@test.example', role: 'member' }),
  };
  const callAndMeasure = async () => {
    expect((await fetch(`${url}/v1/users`, { headers })).status).toBe(200);
    await fetch(`${url}/v1/users`, post);
    return await getValue('plinth:http_errors:ratio_rate5m{module="users"}');
  };
  // A rate needs two scrapes with requests between them.
  await expect.poll(callAndMeasure, { timeout: 30_000, interval: 250 }).toBe('0');

  const labels = 'module="users",method="GET",route="/v1/users",status="2xx"';
  const callAndCount = async () => {
    await fetch(`${url}/v1/users`, { headers });
    return Number(await getValue(`http_server_request_duration_seconds_count{${labels}}`));
  };
  await expect.poll(callAndCount, { timeout: 20_000, interval: 250 }).toBeGreaterThan(1);
  const replayAndMeasure = async () => {
    await fetch(`${url}/v1/users`, post);
    return Number(await getValue('idempotency_replays_total'));
  };
  await expect.poll(replayAndMeasure, { timeout: 20_000, interval: 250 }).toBeGreaterThan(0);
  const getExemplars = async () =>
    JSON.stringify(
      await query('query_exemplars', {
        query: 'http_server_request_duration_seconds_bucket',
        start: String(Date.now() / 1000 - 600),
        end: String(Date.now() / 1000 + 600),
      }),
    );
  await expect.poll(getExemplars, { timeout: 20_000 }).toContain(`"trace_id":"${traceId}"`);

  const used = await getUsedNames();
  expect(used).toEqual(
    expect.arrayContaining(['process_cpu_seconds_total', 'plinth:http_reads_seconds:p95_5m', 'messages_ready']),
  );
  const getMissing = async () => {
    const known = new Set((await query('label/__name__/values')) as string[]);
    // No request has failed yet, and garbage collection happens at any time.
    const later = new Set(['http_server_errors_total', 'nodejs_gc_duration_seconds_sum']);
    return used.filter((name) => !known.has(name) && !later.has(name));
  };
  await expect.poll(getMissing, { timeout: 20_000 }).toEqual([]);
  await expect.poll(() => getValue('trace_spans_lost_total > 0'), { timeout: 20_000 }).toBeDefined();
}, 120_000);
