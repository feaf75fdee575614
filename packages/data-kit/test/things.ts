import { z } from 'zod';
import { defineCollection } from '../src/collections/define-collection.ts';
import { Entity } from '../src/collections/entity.ts';
import type { Ctx } from '../src/context/context.ts';

/** A document with a field of each scalar kind, an optional one and a list. */
export const ThingDocument = Entity.extend({
  name: z.string(),
  group: z.string(),
  rank: z.number(),
  active: z.boolean(),
  due: z.date(),
  note: z.string().optional(),
  tags: z.array(z.string()),
});
export type ThingDocument = z.infer<typeof ThingDocument>;

export const things = defineCollection('things', ThingDocument, {
  tenancy: 'tenant',
  indexes: {
    byAge: { fields: ['createdAt', '_id'] },
    byGroup: { fields: ['group', 'createdAt', '_id'] },
    byGroupAndRank: { fields: ['group', 'rank', 'name', '_id'] },
    byGroupAndDue: { fields: ['group', 'due', '_id', 'rank'] },
    byTag: { fields: ['tags', 'createdAt', '_id'] },
    byTagAndNote: { fields: ['tags', 'note', '_id'] },
    byId: { fields: ['group', '_id'] },
    byName: { fields: ['name'], unique: 'name-taken' },
  },
});

export const ctx: Ctx = {
  actor: { kind: 'user', id: 'ada', tenantId: 'acme', roles: ['owner'] },
  tenantId: 'acme',
  requestId: 'request',
  trace: { traceId: '0'.repeat(31).concat('1'), spanId: '0'.repeat(15).concat('1'), sampled: false },
  deadline: 0,
  signal: new AbortController().signal,
};

export const createThing = (overrides: Partial<ThingDocument> = {}): ThingDocument => ({
  _id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d',
  tenantId: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5e',
  version: 3,
  createdAt: new Date(1000),
  updatedAt: new Date(2000),
  name: 'Lamp',
  group: 'light',
  rank: 1,
  active: true,
  due: new Date(3000),
  tags: ['new'],
  ...overrides,
});
