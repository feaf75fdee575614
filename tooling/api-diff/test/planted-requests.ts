import { child, list, type Node, type Plants, remove, removeItem } from './editor.ts';

const text: Node = { type: 'string', maxLength: 30 };
const header = (required: boolean): Node => ({ name: 'X-Reason', in: 'header', required, schema: text });
const body = (required: boolean): Node => ({
  required,
  content: { 'application/json': { schema: { type: 'object', properties: { reason: text } } } },
});
const toPattern = (...values: string[]): string => `^(${values.join('|')})(,(${values.join('|')}))*$`;

/** Changes of requests. */
export const requests: Plants = {
  breaking: {
    'a body needs a new field': ({ schema }) => {
      child(schema('CreateUser'), 'properties')['phone'] = text;
      list(schema('CreateUser'), 'required').push('phone');
    },
    'a field of a body becomes required': ({ schema }) => {
      list(schema('CreateProduct'), 'required').push('description');
    },
    'a field inside a body becomes required': ({ schema }) => {
      const line = child(schema('ShippingAddress'));
      list(line, 'required').push('postalCode');
    },
    'a field of a body is not read any more': ({ schema }) => {
      remove(child(schema('PlaceOrder'), 'properties'), 'voucherCode');
    },
    'a field of a body has a different type': ({ schema }) => {
      child(schema('Restock'), 'properties')['reason'] = { type: 'integer', minimum: 1 };
    },
    'a body accepts fewer values': ({ schema }) => {
      child(schema('ChangeRole'), 'properties')['role'] = { type: 'string', enum: ['owner', 'member'] };
    },
    'a text may be less long': ({ schema }) => {
      child(schema('PlaceOrder'), 'properties', 'note')['maxLength'] = 500;
    },
    'a text must be longer': ({ schema }) => {
      child(schema('CreateProduct'), 'properties', 'description')['minLength'] = 10;
    },
    'a number has a lower maximum': ({ schema }) => {
      child(schema('Restock'), 'properties', 'quantity')['maximum'] = 1000;
    },
    'a number has a higher minimum': ({ schema }) => {
      child(schema('RefundOrder'), 'properties', 'amount', 'properties', 'amount')['minimum'] = 100;
    },
    'a text has a different pattern': ({ schema }) => {
      child(schema('ShippingAddress'), 'properties', 'country')['pattern'] = '^(DE|AT|CH)$';
    },
    'a text has a format': ({ schema }) => {
      child(schema('PlaceOrder'), 'properties', 'note')['format'] = 'uri';
    },
    'a list may have fewer items': ({ schema }) => {
      child(schema('PlaceOrder'), 'properties', 'lines')['maxItems'] = 50;
    },
    'a field may not be null any more': ({ schema }) => {
      const properties = child(schema('UpdateOrder'), 'properties');
      properties['note'] = list(properties, 'note', 'anyOf')[0];
    },
    'a body refuses unknown fields': ({ schema }) => {
      schema('CreateUser')['additionalProperties'] = false;
    },
    'a variant of a body is removed': ({ schema }) => {
      child(schema('CreatePricingRule'), 'properties')['effect'] = {
        oneOf: list(schema('PricingEffect'), 'oneOf').slice(0, 2),
      };
    },
    'a variant of a body is renamed': ({ schema }) => {
      const [, voucher, ...others] = structuredClone(list(schema('PricingEffect'), 'oneOf'));
      child(voucher, 'properties', 'kind')['const'] = 'coupon';
      child(schema('ReplacePricingRule'), 'properties')['effect'] = { oneOf: [voucher, ...others] };
    },
    'an operation needs a body': ({ operation }) => {
      operation('archiveProduct')['requestBody'] = body(true);
    },
    'a body is not accepted in a media type any more': ({ operation }) => {
      remove(child(operation('updateOrder'), 'requestBody', 'content'), 'application/merge-patch+json');
    },
    'a filter is removed': ({ operation }) => {
      list(operation('listUsers'), 'parameters').splice(1, 1);
    },
    'a parameter becomes required': ({ parameter }) => {
      parameter('searchProducts', 'status')['required'] = true;
    },
    'an operation needs a header': ({ operation }) => {
      list(operation('eraseUser'), 'parameters').push(header(true));
    },
    'an idempotency key becomes required': ({ parameter }) => {
      parameter('createUser', 'Idempotency-Key')['required'] = true;
    },
    'a sort is removed': ({ parameter }) => {
      removeItem(list(parameter('listOrders', 'sort'), 'schema', 'enum'), 'createdAt');
    },
    'a page has fewer items at most': ({ parameter }) => {
      child(parameter('listProducts', 'limit'), 'schema')['maximum'] = 50;
    },
    'a page has a different number of items by default': ({ parameter }) => {
      child(parameter('listProducts', 'limit'), 'schema')['default'] = 50;
    },
    'a filter of several values takes fewer': ({ parameter }) => {
      child(parameter('listOrders', 'status'), 'schema')['pattern'] = toPattern('placed', 'paid');
    },
    'values of a parameter are separated in another way': ({ parameter }) => {
      parameter('listUsers', 'sort')['explode'] = false;
    },
    'a number must be a multiple': ({ schema }) => {
      child(schema('Restock'), 'properties', 'quantity')['multipleOf'] = 10;
    },
    'a parameter of the path has a different form': ({ parameter }) => {
      child(parameter('getUser', 'id'), 'schema')['pattern'] = '^[0-9]+$';
    },
  },
  additive: {
    'a body may have a new field': ({ schema }) => {
      child(schema('CreateUser'), 'properties')['phone'] = text;
    },
    'a field of a body becomes optional': ({ schema }) => {
      removeItem(list(schema('CreateUser'), 'required'), 'role');
    },
    'a body accepts a further value': ({ schema }) => {
      child(schema('ChangeRole'), 'properties')['role'] = {
        type: 'string',
        enum: ['owner', 'member', 'viewer', 'guest'],
      };
    },
    'a text may be longer': ({ schema }) => {
      child(schema('PlaceOrder'), 'properties', 'note')['maxLength'] = 2000;
    },
    'a text needs no pattern': ({ schema }) => {
      remove(child(schema('PlaceOrder'), 'properties', 'note'), 'pattern');
    },
    'a number has a higher maximum': ({ schema }) => {
      child(schema('ShipOrder'), 'properties', 'lines', 'items', 'properties', 'quantity')['maximum'] = 2_000_000_000;
    },
    'a number has a lower minimum': ({ schema }) => {
      child(schema('RefundOrder'), 'properties', 'amount', 'properties', 'amount')['minimum'] = 0;
    },
    'a list may have more items': ({ schema }) => {
      child(schema('PlaceOrder'), 'properties', 'lines')['maxItems'] = 200;
    },
    'a list may be empty': ({ schema }) => {
      remove(child(schema('ShipOrder'), 'properties', 'lines'), 'minItems');
    },
    'a field may be null': ({ schema }) => {
      const properties = child(schema('UpdateUser'), 'properties');
      properties['name'] = { anyOf: [properties['name'], { type: 'null' }] };
    },
    'a number may be a fraction': ({ schema }) => {
      child(schema('RefundOrder'), 'properties', 'amount', 'properties', 'amount')['type'] = 'number';
    },
    'a body has a further variant': ({ schema }) => {
      const gift = {
        type: 'object',
        properties: { kind: { type: 'string', const: 'gift' } },
        required: ['kind'],
        additionalProperties: false,
      };
      child(schema('CreatePricingRule'), 'properties')['effect'] = {
        oneOf: [...list(schema('PricingEffect'), 'oneOf'), gift],
      };
    },
    'an operation may have a body': ({ operation }) => {
      operation('archiveProduct')['requestBody'] = body(false);
    },
    'a body is accepted in a further media type': ({ operation }) => {
      const content = child(operation('createUser'), 'requestBody', 'content');
      content['application/cbor'] = content['application/json'];
    },
    'a list has a further filter': ({ operation }) => {
      list(operation('listUsers'), 'parameters').push({ name: 'city', in: 'query', required: false, schema: text });
    },
    'a parameter becomes optional': ({ parameter }) => {
      parameter('getSalesSummary', 'to')['required'] = false;
    },
    'an idempotency key becomes optional': ({ parameter }) => {
      parameter('placeOrder', 'Idempotency-Key')['required'] = false;
    },
    'a list has a further sort': ({ parameter }) => {
      list(parameter('listOrders', 'sort'), 'schema', 'enum').push('customerId');
    },
    'a page has more items at most': ({ parameter }) => {
      child(parameter('listProducts', 'limit'), 'schema')['maximum'] = 200;
    },
    'a filter takes several values': ({ parameter }) => {
      child(parameter('listUsers', 'status'))['schema'] = { type: 'string', pattern: toPattern('active', 'suspended') };
    },
  },
  editorial: {},
};
