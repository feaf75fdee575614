import { expect, it, onTestFinished } from 'vitest';
import { startTracing, type Tracing } from '../src/index.ts';
import { openOtlpReceiver } from '../src/testing/index.ts';

const consumer = 'orders.reserve-stock';
const parent = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };

const start = async (ratio: number) => {
  const receiver = await openOtlpReceiver();
  const settings = { NODE_ENV: 'test', OTEL_TRACING: true, OTEL_TRACES_SAMPLER_ARG: ratio };
  const tracing = startTracing('test', { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }) as Tracing;
  onTestFinished(async () => {
    await tracing.stop();
    await receiver.close();
  });
  return { tracing, receiver };
};

it('an attempt to handle a message is a child of the span that committed it, with its commands below', async () => {
  const { tracing, receiver } = await start(1);
  const handled = tracing.startMessage({ consumer, trace: parent });
  await handled?.run(async () => {
    await Promise.resolve();
    tracing.onCommand({ system: 'mongodb', operation: 'find', collection: 'orders', host: '::1' })?.({
      isError: false,
    });
  });
  handled?.end({ isError: false });
  tracing.startMessage({ consumer, trace: parent })?.end({ isError: true });
  await tracing.stop();
  const [command, message, failed] = receiver.spans();
  expect(message).toMatchObject({
    name: `process ${consumer}`,
    kind: 5,
    traceId: parent.traceId,
    parentSpanId: parent.spanId,
    spanId: handled?.trace.spanId,
    status: 0,
  });
  expect(command).toMatchObject({ name: 'find orders', parentSpanId: message?.spanId });
  expect(failed).toMatchObject({ name: `process ${consumer}`, status: 2 });
});

it('a message has no span when its request did not record its trace, or the ratio leaves it out', async () => {
  const { tracing, receiver } = await start(1);
  expect(tracing.startMessage({ consumer, trace: { ...parent, sampled: false } })).toBeUndefined();
  await tracing.stop();
  expect(receiver.spans()).toEqual([]);
  const { tracing: none } = await start(0);
  expect(none.startMessage({ consumer, trace: parent })).toBeUndefined();
});
