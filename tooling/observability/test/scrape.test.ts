import { randomBytes } from 'node:crypto';
import { findPrometheus } from '@plinth/engines';
import { startPlatform } from '@plinth/load';
import { aFreePort, anId } from '@plinth/testing';
import { startChild, untilReady } from '@plinth/testing/process';
import { expect, it, onTestFinished } from 'vitest';
import { artifacts } from '../src/artifacts.ts';
import { toYaml } from '../src/yaml.ts';
import { aFolderOf, expressionsOf } from './files.ts';

const made = await artifacts();
const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;

/** The platform, with tracing and metrics; a token of somebody whom it knows. */
const startTraced = async () => {
  const [metricsPort, collectorPort] = [await aFreePort(), await aFreePort()];
  const { url, createToken, stop } = await startPlatform(
    { mongodbUri, redisUrl },
    {
      METRICS_PORT: String(metricsPort),
      OTEL_TRACING: 'true',
      OTEL_TRACES_SAMPLER_ARG: '1',
      // Nobody is there: that spans are lost has to be seen as well.
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
    },
  );
  onTestFinished(stop);
  return { url, token: await createToken({ id: anId(), tenantId: anId(), role: 'owner' }), metricsPort };
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
  const listen = `--web.listen-address=127.0.0.1:${port}`;
  const child = startChild([prometheus, ...args, listen, '--enable-feature=exemplar-storage']);
  onTestFinished(async () => void (await child.end()));
  const ask = async (path: string, parameters: Record<string, string> = {}): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    expect(answer.status, child.said()).toBe(200);
    return ((await answer.json()) as { data: unknown }).data;
  };
  await untilReady(child, `http://127.0.0.1:${port}/api/v1/status/runtimeinfo`);
  return ask;
};

/** The names of metrics and recorded series in an expression. */
const namesIn = (expr: string): string[] =>
  expr.match(/\b(?:http|mongodb|process|nodejs|idempotency|trace|plinth:)\w[\w:]*/g) ?? [];

it('Prometheus reads the port of a running platform, and its rules and dashboards find what they ask for', async () => {
  const { url, token, metricsPort } = await startTraced();
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
