import { randomBytes } from 'node:crypto';
import { connectMongo } from '@plinth/mongo';
import { openRaw } from '@plinth/mongo/testing';
import { modules as allModules } from '@plinth/platform/modules';
import { connectQueues } from '@plinth/redis';
import { createWorker, systemClock, systemIds } from '@plinth/service-kit';
import { openTestHost } from '@plinth/service-kit/testing';
import { createMetrics, startTracing } from '@plinth/telemetry';
import { openOtlpReceiver } from '@plinth/telemetry/testing';
import { expect, it, onTestFinished } from 'vitest';
import { logger } from './fixture.ts';

/** The kinds of OpenTelemetry. */
const serverKind = 2;
const consumerKind = 5;

const uri = String(process.env['MONGODB_URI']);
const prefix = `t${randomBytes(6).toString('hex')}_`;

/** Those without ports, which the request does not need. */
const modules = allModules.filter(({ localPorts }) => !localPorts);

/** Serves the modules and runs the consumers of orders, in one process. */
const open = async () => {
  const receiver = await openOtlpReceiver();
  const tracing = startTracing('test', {
    NODE_ENV: 'test',
    OTEL_TRACING: true,
    OTEL_TRACES_SAMPLER_ARG: 1,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  });
  if (!tracing) throw new Error('Tracing has not started.');
  const datastore = await connectMongo(
    { MONGODB_URI: uri, MONGODB_POOL_SIZE: 20, MONGODB_DATABASE_PREFIX: prefix, CURSOR_SECRET: prefix },
    { onCommand: tracing.onCommand },
  );
  const redis = { REDIS_URL: String(process.env['REDIS_URL']), REDIS_KEY_PREFIX: prefix };
  const queues = connectQueues(redis, logger);
  const host = await openTestHost({ modules, datastore, tracing });
  const options = { datastore, queues, logger, metrics: createMetrics(), clock: systemClock, ids: systemIds, tracing };
  const worker = createWorker({ ...options, modules, runs: ['orders'], ports: { orders: {} } });
  worker.start();
  onTestFinished(async () => {
    await worker.stop();
    await queues.close();
    await host.close();
    await tracing.stop();
    await receiver.close();
    const raw = openRaw(uri);
    await raw.dropAll(prefix);
    await raw.close();
  });
  return { host, receiver };
};

it('a trace has the request, its commit, the consumer of its event, and the commands of both', async () => {
  const { host, receiver } = await open();
  const owner = await host.as({ id: systemIds.next(), tenantId: systemIds.next(), roles: ['owner'] });
  const product = { sku: 'TEA', name: 'Canary tea', price: { amount: 1, currency: 'EUR' }, stock: 9 };
  const { body: tea } = await owner.post('/v1/products', product);
  const shippingAddress = { recipient: 'Canary', street: 'Canary 1', city: 'Canary', country: 'GB' };
  const order = { customer: { reference: 'Canary' }, lines: [{ productId: tea.id, quantity: 1 }], shippingAddress };
  const { body: placed } = await owner.post('/v1/orders', order, { 'idempotency-key': prefix });
  const traceId = randomBytes(16).toString('hex');
  const parentSpanId = '00f067aa0ba902b7';
  const headers = { traceparent: `00-${traceId}-${parentSpanId}-01`, 'idempotency-key': traceId };
  const { status } = await owner.send({ method: 'POST', url: `/v1/orders/${placed.id}/cancellation`, headers });
  expect(status).toBe(200);
  const list = () => receiver.spans().filter((span) => span.traceId === traceId);
  const listBelow = (parent: string | undefined) =>
    list().flatMap((span) => (span.parentSpanId === parent ? [span.name] : []));
  const findConsumer = () =>
    list().find(({ kind, name }) => kind === consumerKind && name.endsWith('erase-order-at-end'));
  await expect.poll(findConsumer, { timeout: 60_000 }).toBeDefined();
  const [request, consumer] = [list().find(({ kind }) => kind === serverKind), findConsumer()];
  expect(request).toMatchObject({ name: 'POST /v1/orders/:id/cancellation', parentSpanId });
  expect(listBelow(request?.spanId)).toEqual(
    expect.arrayContaining([
      'update orders',
      'insert journal',
      'commitTransaction',
      'process orders.erase-order-at-end',
    ]),
  );
  expect(consumer).toMatchObject({
    name: 'process orders.erase-order-at-end',
    parentSpanId: request?.spanId,
    status: 0,
  });
  expect(consumer?.attributes).toEqual({
    'messaging.system': 'bullmq',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': 'orders.erase-order-at-end',
  });
  const below = listBelow(consumer?.spanId);
  expect(below).toEqual(expect.arrayContaining(['find orders', 'update inbox', 'commitTransaction']));
  expect(receiver.text()).not.toMatch(/Canary/i);
}, 120_000);
