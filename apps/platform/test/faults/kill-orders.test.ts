import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { getContent, type KeyedRequest, type ServiceResponse, send, sendAll, sendUntilHandled } from './requests.ts';
import { createService, type Service } from './service.ts';
import { isHeavy } from './users.ts';

const stock = 40;
const orderCount = 100;
/** Every fifth order has the voucher, so that stock and uses both run out. */
const usesMax = 5;
/** The numbers of responses after which the process is killed. */
const kills = isHeavy ? [5, 20, 45] : [5, 45];

const create = async (service: Service, path: string, body: object): Promise<string> => {
  const { response } = await sendUntilHandled(service, { method: 'POST', path, key: path, body });
  expect(response).toMatchObject({ status: 201 });
  return (JSON.parse(response.body) as { id: string }).id;
};

const createProduct = (service: Service): Promise<string> =>
  create(service, '/v1/products', { sku: 'TEA', name: 'Tea', price: { amount: 1250, currency: 'EUR' }, stock });

const createVoucher = (service: Service): Promise<string> =>
  create(service, '/v1/pricing-rules', {
    name: 'Voucher',
    currency: 'EUR',
    effect: { kind: 'voucher', code: 'FIVE', usesMax, discount: { amount: 500 } },
  });

const hasVoucher = (index: number): boolean => index % 5 === 0;

const placeOrder = (productId: string, index: number): KeyedRequest => ({
  method: 'POST',
  path: '/v1/orders',
  key: `order ${index}`,
  body: {
    customer: { reference: `C-${index}` },
    lines: [{ productId, quantity: 1 }],
    ...(hasVoucher(index) && { voucherCode: 'FIVE' }),
    shippingAddress: { recipient: 'Ada', street: 'Main Street 1', city: 'London', country: 'GB' },
  },
});

const toCode = ({ status, body }: ServiceResponse): string =>
  status === 201 ? 'placed' : (JSON.parse(body) as { code: string }).code;

const title = `race: a hundred orders of a stock of 40 over ${kills.length} kills: 40 are placed, no voucher is used twice, and repetitions change nothing`;

it(title, {
  timeout: 240_000,
}, async ({ onTestFinished }) => {
  const service = await createService('platform', String(process.env['MONGODB_URI']));
  onTestFinished(() => service.close());
  await service.start();
  const [productId, voucherId] = [await createProduct(service), await createVoucher(service)];
  const requests = Array.from({ length: orderCount }, (_, index) => placeOrder(productId, index));
  let responseCount = 0;
  const killAndRestart = async (): Promise<void> => {
    for (const responses of kills) {
      while (responseCount < responses) await sleep(1);
      await service.kill();
      await service.start();
    }
  };
  const onResponse = (): void => void (responseCount += 1);
  const [first] = await Promise.all([sendAll(service, requests, { concurrency: 20, onResponse }), killAndRestart()]);
  const again = await sendAll(service, requests, { concurrency: 20 });
  expect(again.map(getContent)).toEqual(first.map(getContent));
  expect(again.every(({ replayed }) => replayed)).toBe(true);

  const codes = Map.groupBy(again.map(toCode), (code) => code);
  expect(codes.get('placed')).toHaveLength(stock);
  expect(['placed', 'out-of-stock', 'voucher-used-up']).toEqual(expect.arrayContaining([...codes.keys()]));
  const placedWithVoucher = again.filter(({ status }, index) => status === 201 && hasVoucher(index));
  const uses = await fetch(`${service.url}/v1/pricing-rules/${voucherId}/uses`, {
    headers: { authorization: `Bearer ${service.token}` },
  });
  expect(await uses.json()).toEqual({ code: 'FIVE', uses: placedWithVoucher.length, usesMax });
  expect(placedWithVoucher.length).toBeLessThanOrEqual(usesMax);
  const [products, orders, journal] = await Promise.all(
    ['products', 'orders', 'journal'].map((collection) => service.stored(collection, 'orders').all()),
  );
  expect(products?.find(({ _id }) => _id === productId)).toMatchObject({ stock: 0 });
  const ids = again.filter(({ status }) => status === 201).map(({ body }) => (JSON.parse(body) as { id: string }).id);
  expect(orders?.map(({ _id }) => _id).toSorted()).toEqual(ids.toSorted());
  const events = journal?.flatMap((row) => row['events'] as { name: string; aggregateId: string }[]);
  const placed = events?.filter(({ name }) => name === 'orders.order-placed').map(({ aggregateId }) => aggregateId);
  expect(placed?.toSorted()).toEqual(ids.toSorted());
  expect((await send(service, placeOrder(productId, orderCount))).response?.status).toBe(409);
});
