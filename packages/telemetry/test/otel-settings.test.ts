import { expect, it, onTestFinished, vi } from 'vitest';
import { startTracing } from '../src/index.ts';
import { openOtlpReceiver } from '../src/testing/index.ts';
import { decodeOtlp } from '../src/testing/otlp.ts';

const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };
const request = { method: 'GET', route: '/v1/users/:id', trace, isJoined: true };

it('honours the headers, the compression and the resource attributes of the OTEL_ settings', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-api-key=a-key');
  vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip');
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=test,service.name=another');
  onTestFinished(() => void vi.unstubAllEnvs());
  const receiver = await openOtlpReceiver();
  onTestFinished(() => receiver.close());
  const settings = {
    NODE_ENV: 'test',
    OTEL_TRACING: true,
    OTEL_TRACES_SAMPLER_ARG: 1,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  };
  const started = startTracing('test', settings);
  started?.startRequest(request)?.end({ status: 200 });
  await started?.stop();
  const [batch, ...more] = receiver.requests();
  expect(more).toEqual([]);
  expect(batch?.headers).toMatchObject({
    'x-api-key': 'a-key',
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
  });
  const [{ resource }] = decodeOtlp(batch?.body ?? Buffer.alloc(0)).resourceSpans as [
    ReturnType<typeof decodeOtlp>['resourceSpans'][number],
  ];
  const attributes = resource.attributes.map(({ key, value }) => [key, value['stringValue']]);
  expect(attributes).toContainEqual(['deployment.environment.name', 'test']);
  expect(attributes.filter(([key]) => key === 'service.name')).toEqual([['service.name', 'test']]);
});

it('records nothing with OTEL_SDK_DISABLED', async () => {
  vi.stubEnv('OTEL_SDK_DISABLED', 'true');
  onTestFinished(() => void vi.unstubAllEnvs());
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
  const started = startTracing('test', {
    NODE_ENV: 'test',
    OTEL_TRACING: true,
    OTEL_TRACES_SAMPLER_ARG: 1,
    ...endpoint,
  });
  expect(started?.startRequest(request)).toBeUndefined();
  await started?.stop();
});
