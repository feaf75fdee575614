import { child, list, type Plants, remove, removeItem } from './editor.ts';

/** Changes of what a client receives. */
export const responses: Plants = {
  breaking: {
    'a field is removed': ({ resources }) => {
      for (const schema of resources('User')) remove(child(schema, 'properties'), 'email');
      removeItem(list(resources('User')[0], 'required'), 'email');
    },
    'a field may be missing': ({ schema }) => {
      removeItem(list(schema('Product'), 'required'), 'stock');
    },
    'a field may be null': ({ schema }) => {
      const properties = child(schema('VoucherUses'), 'properties');
      properties['usesMax'] = { anyOf: [properties['usesMax'], { type: 'null' }] };
    },
    'a number becomes a text': ({ schema }) => {
      child(schema('SalesOfDay'), 'properties')['orders'] = { type: 'string' };
    },
    'a whole number may be a fraction': ({ schema }) => {
      child(schema('VoucherUses'), 'properties', 'uses')['type'] = 'number';
    },
    'a status has a further value': ({ schema }) => {
      list(schema('OrderStatus'), 'enum').push('lost');
    },
    'a text may be longer': ({ schema }) => {
      child(schema('AppliedRule'), 'properties', 'name')['maxLength'] = 500;
    },
    'a text has a different format': ({ schema }) => {
      child(schema('SalesOfDay'), 'properties', 'day')['format'] = 'date-time';
    },
    'a variant is added': ({ schema }) => {
      list(schema('Customer'), 'anyOf').push({
        type: 'object',
        properties: { guest: { type: 'boolean' } },
        required: ['guest'],
        additionalProperties: false,
      });
    },
    'a field is added to an object that has no others': ({ schema }) => {
      child(schema('Customer'), 'anyOf', 0, 'properties')['name'] = { type: 'string' };
    },
    'a list may be empty': ({ schema }) => {
      child(schema('Order'), 'properties', 'lines')['minItems'] = 0;
    },
    'a success has a different status': ({ operation }) => {
      const all = child(operation('createProduct'), 'responses');
      all['202'] = all['201'];
      remove(all, '201');
    },
    'a body has a different media type': ({ response }) => {
      const content = child(response('getSalesSummary', 200), 'content');
      content['text/csv'] = { schema: { type: 'string' } };
      remove(content, 'application/json');
    },
    'a header is removed': ({ response }) => remove(child(response('getOrder', 200), 'headers'), 'ETag'),
    'a line of a stream has a different field': ({ response }) => {
      child(response('exportUsers', 200), 'content', 'application/x-ndjson')['x-item-schema'] = {
        type: 'object',
        properties: { user: { $ref: '#/components/schemas/User' } },
        required: ['user'],
      };
    },
    'an error code is removed': ({ schema }) => {
      removeItem(
        list(schema('EmailTakenOrOwnersChangedProblem'), 'allOf', 1, 'properties', 'code', 'enum'),
        'email-taken',
      );
    },
    'an error code has a different status': ({ operation }) => {
      const all = child(operation('updateUser'), 'responses');
      all['422'] = all['409'];
      remove(all, '409');
    },
    'problems lose a field': ({ schema }) => {
      remove(child(schema('Problem'), 'properties'), 'fix');
      removeItem(list(schema('Problem'), 'required'), 'fix');
    },
  },
  additive: {
    'a field is added': ({ resources }) => {
      for (const schema of resources('Product')) child(schema, 'properties')['weight'] = { type: 'integer' };
      list(resources('Product')[0], 'required').push('weight');
    },
    'an optional field is added': ({ schema }) => {
      child(schema('VoucherUses'), 'properties')['lastUsedAt'] = { type: 'string', format: 'date-time' };
    },
    'a field is never missing': ({ schema }) => {
      list(schema('Product'), 'required').push('description');
    },
    'a field is never null': ({ schema }) => {
      child(schema('UserPage'), 'properties', 'nextCursor')['type'] = 'string';
    },
    'a status has one value less': ({ schema }) => {
      removeItem(list(schema('OrderStatus'), 'enum'), 'partly-shipped');
    },
    'a text is less long at most': ({ schema }) => {
      child(schema('AppliedRule'), 'properties', 'name')['maxLength'] = 100;
    },
    'a number has a higher minimum': ({ schema }) => {
      child(schema('VoucherUses'), 'properties', 'uses')['minimum'] = 1;
    },
    'a response may be cached': ({ response }) => {
      child(response('getOrder', 200), 'headers')['Cache-Control'] = { schema: { enum: ['private, max-age=60'] } };
    },
    'a header is added': ({ response }) => {
      child(response('getVoucherUses', 200), 'headers')['X-Cost'] = { schema: { type: 'integer' } };
    },
    'an error code is added to a status': ({ schema }) => {
      list(schema('EmailTakenOrOwnersChangedProblem'), 'allOf', 1, 'properties', 'code', 'enum').push('email-blocked');
    },
    'an error has a new status': ({ operation, response }) => {
      child(operation('getSalesSummary'), 'responses')['409'] = response('getSalesSummary', 422);
    },
  },
  editorial: {
    'an example of a response is another one': ({ response }) => {
      child(response('getVoucherUses', 200), 'content', 'application/json', 'example')['uses'] = 3;
    },
    'the title of an error is another one': ({ openapi }) => {
      child(openapi, 'components', 'examples', 'users.email-taken', 'value')['title'] = 'The address is taken.';
    },
  },
};
