import { child, type Editor, list, type Plants, remove, removeItem } from './editor.ts';

/** Adds the next version of an event, with the schema of the version before and an upcaster from each. */
const addVersion = ({ event, data }: Editor, name: string): ReturnType<Editor['data']> => {
  const facts = event(name);
  const version = Number(facts['version']);
  facts['version'] = version + 1;
  facts['upcastsFrom'] = Array.from({ length: version }, (_, index) => index + 1);
  return data(name, version + 1, structuredClone(data(name, version)));
};

/** Changes of events. `orders.order-paid` has two versions in the base. */
export const events: Plants = {
  breaking: {
    'an event is removed': ({ contracts }) => remove(child(contracts, 'events'), 'orders.order-shipped'),
    'an event is renamed': ({ contracts, event, data }) => {
      const name = 'orders.order-sent';
      child(contracts, 'events')[name] = event('orders.order-shipped');
      data(name, 1, data('orders.order-shipped', 1));
      remove(child(contracts, 'events'), 'orders.order-shipped');
    },
    'an event moves to another module': ({ event }) => {
      event('users.user-created')['module'] = 'accounts';
    },
    'an event has a different aggregate': ({ event }) => {
      event('orders.order-shipped')['aggregate'] = 'customerId';
    },
    'a field of an event is removed without a new version': ({ data }) => {
      const schema = data('orders.order-placed', 1);
      remove(child(schema, 'properties'), 'total');
      removeItem(list(schema, 'required'), 'total');
    },
    'a field of an event has a different type without a new version': ({ data }) => {
      child(data('orders.order-refunded', 1), 'properties')['isWhole'] = { type: 'string' };
    },
    'a field of an event is renamed without a new version': ({ data }) => {
      const schema = data('orders.order-placed', 1);
      child(schema, 'properties')['amount'] = child(schema, 'properties', 'total');
      remove(child(schema, 'properties'), 'total');
      removeItem(list(schema, 'required'), 'total');
      list(schema, 'required').push('amount');
    },
    'a required field is added to an event without a new version': ({ data }) => {
      const schema = data('orders.order-placed', 1);
      child(schema, 'properties')['channel'] = { type: 'string' };
      list(schema, 'required').push('channel');
    },
    'a field of an event becomes optional without a new version': ({ data }) => {
      removeItem(list(data('orders.order-placed', 1), 'required'), 'total');
    },
    'a field of an event becomes required without a new version': (editor) => {
      list(editor.data('orders.order-paid', 2), 'required').push('channel');
    },
    'a shared schema of events has a further value': ({ asyncapi }) => {
      list(child(asyncapi, 'components', 'schemas', 'Role'), 'enum').push('guest');
    },
    'a shared schema of events has fewer values': ({ asyncapi }) => {
      removeItem(list(child(asyncapi, 'components', 'schemas', 'Role'), 'enum'), 'viewer');
    },
    'a field of an event has a further rule': ({ event }) => {
      event('orders.order-placed')['checks'] = ['data/total: must be a multiple of ten'];
    },
    'an event has a new version without an upcaster': (editor) => {
      addVersion(editor, 'orders.order-placed');
      remove(editor.event('orders.order-placed'), 'upcastsFrom');
    },
    'an event has a third version, and the first one has no upcaster any more': (editor) => {
      addVersion(editor, 'orders.order-paid');
      editor.event('orders.order-paid')['upcastsFrom'] = [2];
    },
    'an event loses an upcaster': ({ event }) => {
      event('orders.order-paid')['upcastsFrom'] = [];
    },
    'an event has an earlier version': ({ event }) => {
      event('orders.order-paid')['version'] = 1;
      remove(event('orders.order-paid'), 'upcastsFrom');
    },
    'a new version lacks a field': (editor) => {
      const schema = addVersion(editor, 'orders.order-placed');
      remove(child(schema, 'properties'), 'total');
      removeItem(list(schema, 'required'), 'total');
    },
    'a new version has a field of another type': (editor) => {
      child(addVersion(editor, 'orders.order-refunded'), 'properties')['isWhole'] = { type: 'string' };
    },
    'the schema of an earlier version has a further field': ({ data }) => {
      const schema = data('orders.order-paid', 1);
      child(schema, 'properties')['method'] = { type: 'string' };
      list(schema, 'required').push('method');
    },
  },
  additive: {
    'an event is added': ({ contracts, data }) => {
      const name = 'orders.order-returned';
      child(contracts, 'events')[name] = { module: 'orders', aggregate: 'orderId', version: 1 };
      data(name, 1, data('orders.order-updated', 1));
    },
    'an optional field is added to an event': ({ data }) => {
      child(data('orders.order-placed', 1), 'properties')['channel'] = { type: 'string' };
    },
    'a new version has one more required field': (editor) => {
      const schema = addVersion(editor, 'orders.order-placed');
      child(schema, 'properties')['channel'] = { type: 'string' };
      list(schema, 'required').push('channel');
    },
    'an event has a third version': (editor) => void addVersion(editor, 'orders.order-paid'),
    'a field of an event has one rule fewer': ({ event }) => remove(event('orders.order-paid'), 'checks'),
  },
  editorial: {
    'a field of an event has a different description': ({ data }) => {
      child(data('orders.order-refunded', 1), 'properties', 'isWhole')['description'] = 'All of it.';
    },
  },
};
