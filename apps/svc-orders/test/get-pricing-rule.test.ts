import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('getPricingRule');

it.each(['owner', 'admin', 'member', 'viewer'])('200: returns a rule to the role %s', async (role) => {
  const { tenantId, addRule, call } = await createShop();
  const rule = await addRule();
  const as = await service.userWithRole(role, tenantId);
  const read = await call('getPricingRule', { id: rule.id.toUpperCase() }, { as });
  expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: rule });
});

it.each(['1', '%00', '$ne'])('400: refuses the id %s', async (id) => {
  const { call } = await createShop();
  expect(await call('getPricingRule', { id })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/id' }] } });
});

it('401 and 403: refuses anonymous callers and users without a role', async () => {
  const { addRule, call, as } = await createShop();
  const { id } = await addRule();
  expect((await call('getPricingRule', { id }, { as: service.host.anonymous })).status).toBe(401);
  const refused = await call('getPricingRule', { id }, { as: await as({ id: createId() }) });
  expect(refused).toMatchObject({ status: 403, body: { data: { permission: 'pricing-rules:read' } } });
});

it('boundary: the same 404 for an unknown id and a rule of another tenant', async () => {
  const [shop, other] = [await createShop(), await createShop()];
  const { id } = await shop.addRule();
  const responses = [
    await other.call('getPricingRule', { id: createId() }),
    await other.call('getPricingRule', { id }),
  ];
  const [unknown, foreign] = responses.map(({ body }) => ({ ...body, instance: '', requestId: '' }));
  expect(unknown).toMatchObject({ status: 404, code: 'not-found' });
  expect(foreign).toEqual(unknown);
});
