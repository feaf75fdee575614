import { expect, it, onTestFinished } from 'vitest';
import { startTracing } from '../src/index.ts';
import { openOtlpReceiver } from '../src/testing/index.ts';

const call = { target: 'stripe', method: 'POST', url: new URL('https://api.example:8443/v1/canary?canary') };
const parent = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };

it('an outgoing call is a span below its request, which the other system continues, without path and query', async () => {
  const receiver = await openOtlpReceiver();
  onTestFinished(() => receiver.close());
  const settings = { NODE_ENV: 'test', OTEL_TRACING: true, OTEL_TRACES_SAMPLER_ARG: 1 };
  const tracing = startTracing('test', { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  expect(tracing?.startCall(call), 'a call that belongs to no request').toBeUndefined();
  const request = tracing?.startRequest({ method: 'GET', route: '/v1/users', trace: parent, isJoined: true });
  const traceparents: unknown[] = [];
  request?.run(() => {
    for (const result of [201, 402, 'timeout'] as const) {
      const span = tracing?.startCall(call);
      traceparents.push(span?.traceparent);
      span?.end(result);
    }
  });
  await tracing?.stop();
  const spans = receiver.spans();
  const where = { 'http.request.method': 'POST', 'server.address': 'api.example', 'server.port': 8443 };
  const below = { name: 'POST stripe', kind: 3, traceId: parent.traceId, parentSpanId: request?.trace.spanId };
  expect(spans).toMatchObject([
    { ...below, status: 0, attributes: { ...where, 'http.response.status_code': 201 } },
    { ...below, status: 2, attributes: { ...where, 'http.response.status_code': 402 } },
    { ...below, status: 2, attributes: { ...where, 'error.type': 'timeout' } },
  ]);
  expect(traceparents).toEqual(spans.map(({ spanId }) => `00-${parent.traceId}-${spanId}-01`));
  expect(receiver.text()).not.toContain('canary');
});
