import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startTracing } from '../src/index.ts';
import { decodeOtlp } from '../src/testing/otlp.ts';

const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };
const call = { method: 'GET', route: '/v1/users/:id', trace, isJoined: true };

/** A collector that keeps what one request to it was. */
const openCollector = async () => {
  const requests: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const keep = async (request: IncomingMessage): Promise<void> => {
    requests.push({ headers: request.headers, body: await buffer(request) });
  };
  const server = createServer((request, response) => {
    keep(request).then(
      () => response.end(),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

it('the settings of OpenTelemetry are honoured: headers for the collector, its coding, and what the spans come from', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-api-key=a-key');
  vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip');
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=test,service.name=another');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { requests, url } = await openCollector();
  const settings = { OTEL_TRACING: true, OTEL_TRACES_SAMPLER_ARG: 1, OTEL_EXPORTER_OTLP_ENDPOINT: url };
  const started = startTracing('test', settings);
  started?.begin(call)?.end({ status: 200 });
  await started?.stop();
  const [request, ...more] = requests;
  expect(more).toEqual([]);
  expect(request?.headers).toMatchObject({ 'x-api-key': 'a-key', 'content-type': 'application/x-protobuf' });
  const [{ resource }] = decodeOtlp(gunzipSync(request?.body ?? '')).resourceSpans as [
    ReturnType<typeof decodeOtlp>['resourceSpans'][number],
  ];
  const attributes = resource.attributes.map(({ key, value }) => [key, value['stringValue']]);
  expect(attributes).toContainEqual(['deployment.environment.name', 'test']);
  expect(attributes.filter(([key]) => key === 'service.name')).toEqual([['service.name', 'test']]);
});
