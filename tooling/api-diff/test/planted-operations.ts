import { child, list, type Node, type Plants, remove, removeItem } from './editor.ts';

const move = (paths: Node, from: string, to: string): void => {
  paths[to] = child(paths, from);
  remove(paths, from);
};

/** Changes of operations: their existence, their callers, and what only the contracts say. */
export const operations: Plants = {
  breaking: {
    'an operation is removed': ({ openapi, contracts }) => {
      remove(child(openapi, 'paths', '/v1/users/{id}'), 'delete');
      remove(child(contracts, 'operations'), 'deleteUser');
    },
    'the only operation of a path is removed': ({ openapi, contracts }) => {
      remove(child(openapi, 'paths'), '/v1/sales-summary');
      remove(child(contracts, 'operations'), 'getSalesSummary');
    },
    'a path is another one': ({ openapi }) =>
      move(child(openapi, 'paths'), '/v1/products/search', '/v1/product-search'),
    'a method is another one': ({ openapi }) => move(child(openapi, 'paths', '/v1/users/{id}/role'), 'put', 'patch'),
    'an operation is renamed': ({ operation, contracts }) => {
      operation('createUser')['operationId'] = 'addUser';
      move(child(contracts, 'operations'), 'createUser', 'addUser');
    },
    'an operation moves to another module': ({ facts }) => {
      facts('getSalesSummary')['module'] = 'reports';
    },
    'an operation needs a credential': ({ operation }) => {
      operation('getMe')['security'] = [{ bearer: [], mfa: [] }];
    },
    'an operation needs another permission': ({ operation, facts }) => {
      operation('listUsers')['x-permission'] = 'users:export';
      facts('listUsers')['callers'] = ['owner'];
    },
    'a role loses a permission': ({ facts }) => removeItem(list(facts('getProduct'), 'callers'), 'viewer'),
    'users may not read themselves': ({ operation, facts }) => {
      remove(operation('getUser'), 'x-or-self');
      removeItem(list(facts('getUser'), 'callers'), 'self');
    },
    'an operation has the limit for sensitive ones': ({ facts }) => {
      facts('eraseUser')['limit'] = 'sensitive';
    },
    'a body may have fewer bytes': ({ facts }) => {
      facts('placeOrder')['bodyBytesMax'] = 1024;
    },
    'filters are not combined any more': ({ facts }) => list(facts('listOrders'), 'combinations').splice(0, 1),
    'a body has a further rule': ({ facts }) => {
      facts('createPricingRule')['checks'] = ['body: `usesMax` must be a multiple of ten'];
    },
    'a value is converted': ({ facts }) => {
      facts('createProduct')['conversions'] = ['body/sku: " Ab " becomes " ab "'];
    },
    'data of a problem is removed': ({ contracts }) => list(contracts, 'problems', 'out-of-stock').splice(0, 1),
    'a change of status is not allowed any more': ({ contracts }) =>
      list(contracts, 'lifecycles', 'orders').splice(0, 1),
    'a deprecated operation is removed before its sunset': ({ openapi }) => {
      remove(child(openapi, 'paths', '/v1/pricing-rules/{id}/uses'), 'get');
    },
    'a sunset is earlier': ({ facts }) => {
      child(facts('getVoucherUses'), 'deprecated')['sunset'] = '2027-06-30';
    },
    'an operation ends half a year after it is deprecated': ({ operation, facts }) => {
      operation('getSalesSummary')['deprecated'] = true;
      facts('getSalesSummary')['deprecated'] = { since: '2026-12-01', sunset: '2027-06-01' };
    },
  },
  additive: {
    'an operation is deprecated': ({ operation, facts }) => {
      operation('getSalesSummary')['deprecated'] = true;
      facts('getSalesSummary')['deprecated'] = { since: '2026-12-01', sunset: '2027-12-01' };
    },
    'a sunset is later': ({ facts }) => {
      child(facts('getVoucherUses'), 'deprecated')['sunset'] = '2028-12-31';
    },
    'a deprecated operation is removed after its sunset': ({ openapi }) => {
      remove(child(openapi, 'paths'), '/v1/users/export');
    },
    'an operation is added': ({ openapi, operation, facts, contracts }) => {
      child(openapi, 'paths')['/v1/users/{id}/notes'] = {
        get: { ...structuredClone(operation('getUser')), operationId: 'getNotes' },
      };
      child(contracts, 'operations')['getNotes'] = facts('getUser');
    },
    'an operation needs no credential': ({ operation, facts }) => {
      const changed = operation('getVoucherUses');
      changed['security'] = [];
      remove(changed, 'x-permission');
      list(facts('getVoucherUses'), 'callers').push('anonymous');
    },
    'a role gets a permission': ({ facts }) => list(facts('createUser'), 'callers').push('member'),
    'users may delete themselves': ({ operation, facts }) => {
      operation('deleteUser')['x-or-self'] = 'id';
      list(facts('deleteUser'), 'callers').push('self');
    },
    'an operation has the usual limit': ({ facts }) => remove(facts('exportUsers'), 'limit'),
    'a body may have more bytes': ({ facts }) => {
      facts('placeOrder')['bodyBytesMax'] = 1024 * 1024;
    },
    'filters are combined': ({ facts }) =>
      list(facts('listUsers'), 'combinations').push('role + status sorted by name'),
    'a body has one rule fewer': ({ facts }) => list(facts('placeOrder'), 'checks').splice(0, 1),
    'a problem has further data': ({ contracts }) => list(contracts, 'problems', 'out-of-stock').push('left: {}'),
    'a further change of status is allowed': ({ contracts }) =>
      list(contracts, 'lifecycles', 'orders').push('delivered → placed by reopen'),
  },
  editorial: {
    'a summary is another one': ({ operation }) => {
      operation('createUser')['summary'] = 'Add a user';
    },
    'a description is another one': ({ operation }) => {
      operation('placeOrder')['description'] = 'Places an order.';
    },
    'a description of a field is another one': ({ schema }) => {
      child(schema('VoucherUses'), 'properties', 'uses')['description'] = 'How many orders have used it.';
    },
    'the title of the API is another one': ({ openapi }) => {
      child(openapi, 'info')['title'] = 'Shop';
    },
    'a tag is described in other words': ({ openapi }) => {
      child(openapi, 'tags', 0)['description'] = 'Users.';
    },
    'a component is renamed': ({ openapi }) => {
      const renamed = JSON.stringify(openapi)
        .replaceAll('#/components/schemas/VoucherUses"', '#/components/schemas/UsesOfVoucher"')
        .replace('"VoucherUses":', '"UsesOfVoucher":');
      Object.assign(openapi, JSON.parse(renamed) as Node);
    },
    'a component is written in its place': ({ schema }) => {
      child(schema('VoucherUses'), 'properties')['code'] = structuredClone(schema('VoucherCode'));
    },
    'fields have another order': ({ schema }) => {
      const [first, ...others] = Object.entries(child(schema('User'), 'properties'));
      schema('User')['properties'] = Object.fromEntries([...others, first ?? ['', {}]]);
      list(schema('User'), 'required').reverse();
    },
    'values have another order': ({ schema }) => {
      list(schema('OrderStatus'), 'enum').reverse();
    },
    'parameters have another order': ({ operation }) => {
      list(operation('listOrders'), 'parameters').reverse();
    },
    'an operation has an unknown extension': ({ operation }) => {
      operation('getMe')['x-icon'] = 'user';
    },
  },
};
