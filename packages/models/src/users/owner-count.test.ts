import { expect, it } from 'vitest';
import { OwnerCountDocument, ownerCounts } from './owner-count.ts';

const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const at = new Date('2026-01-31T09:30:00.000Z');
const count = { _id: id, tenantId: id, version: 1, createdAt: at, updatedAt: at, scope: 'tenant', owners: 1 };

it('is one a tenant, and a second one is told by the error of the book', () => {
  expect(ownerCounts.indexes).toEqual({ byScope: { fields: ['scope'], unique: 'owners-changed' } });
});

it('takes any number of owners that there can be', () => {
  for (const owners of [0, 1, 1_000_000])
    expect(OwnerCountDocument.parse({ ...count, owners })).toMatchObject({ owners });
});

it.each([{ owners: -1 }, { owners: 1.5 }, { owners: undefined }, { scope: 'team' }, { scope: undefined }])(
  'refuses %j',
  (part) => {
    expect(OwnerCountDocument.safeParse({ ...count, ...part }).success).toBe(false);
  },
);
