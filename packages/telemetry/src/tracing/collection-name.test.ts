import { expect, it } from 'vitest';
import { collectionOf } from './collection-name.ts';

it.each([
  [{ find: 'users', filter: { email: 'ada@acme.example' } }, 'users'],
  [{ aggregate: 'users', pipeline: [] }, 'users'],
  [{ update: 'ownerCounts', updates: [] }, 'ownerCounts'],
  [{ delete: 'users', deletes: [] }, 'users'],
])('is that of the command %o', (command, collection) => {
  expect(collectionOf(command)).toBe(collection);
});

it.each([
  [{}],
  [{ _id: '019389aa', name: 'marker' }],
  [{ name: 'marker' }],
  [{ _id: '019389aa', find: 'marker' }],
  [{ find: 'ada@acme.example' }],
  [{ find: 7 }],
  [{ find: 'a'.repeat(65) }],
  [['marker']],
])('is nothing of %o, which may be a document', (command) => {
  expect(collectionOf(command)).toBe('');
});
