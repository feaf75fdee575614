import { expect, it } from 'vitest';
import { z } from 'zod';
import { assertChange } from './assert-change.ts';
import { type CollectionDefinition, defineCollection } from './collection.ts';
import { Entity } from './entity.ts';

const things = defineCollection(
  'things',
  Entity.extend({ name: z.string(), count: z.int(), tags: z.array(z.string()) }),
  {
    tenancy: 'tenant',
    indexes: {},
  },
) as unknown as CollectionDefinition;

it('takes a change of the document’s own fields, each once', () => {
  assertChange(things, { $set: { name: 'a' }, $inc: { count: 1 }, $push: { tags: 'x' } });
  assertChange(things, {});
});

it.each([
  [{ $rename: { name: 'title' } }, "'$rename' is not a change; use $set, $inc, $unset or $push."],
  [{ $set: { tenantId: 'other' } }, "'tenantId' is the collection's own"],
  [{ $inc: { version: 1 } }, "'version' is the collection's own"],
  [{ $set: { colour: 'red' } }, "'colour' is not a field of the document."],
  [{ $set: { 'name.first': 'a' } }, "'name.first' is not a field of the document."],
  [{ $set: { constructor: 1 } }, "'constructor' is not a field of the document."],
  [{ $set: { count: 1 }, $inc: { count: 1 } }, "the change names 'count' twice."],
])('refuses %j', (change, sentence) => {
  expect(() => assertChange(things, change)).toThrow(sentence);
});
