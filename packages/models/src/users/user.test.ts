import { classifiedFields } from '@plinth/contract-kit';
import { planList, toSortKey, toStoredDraft, toStoredSort, toStoredWhere } from '@plinth/data-kit';
import { ListUsersQuery, User, UserName } from '@plinth/dtos/users';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toUser, type UserDocument, users } from './user.ts';

const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const time = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
const document: fc.Arbitrary<UserDocument> = fc.record({
  _id: fc.uuid({ version: 7 }),
  tenantId: fc.uuid({ version: 7 }),
  version: fc.integer({ min: 1 }),
  createdAt: time,
  updatedAt: time,
  name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }).filter((name) => UserName.safeParse(name).success),
  email: fc.stringMatching(/^[A-Za-z0-9]{1,20}@[A-Za-z]{1,20}\.example$/),
  role: fc.constantFrom('owner', 'admin', 'member', 'viewer', 'billing'),
  status: fc.constantFrom('active', 'suspended'),
});
const [ada] = fc.sample(document, 1) as [UserDocument];
const stored = (user: UserDocument) => ({ ...user, ...toStoredDraft(users, { ...user }) });

describe('toUser', () => {
  it('returns the fields of the DTO with the stored values, and no others', () => {
    fc.assert(
      fc.property(document, (user) => {
        // A field that a migration left in the document is not returned.
        const dto = toUser({ ...user, passwordHash: 'a' } as UserDocument);
        expect(User.strict().parse(dto)).toStrictEqual(dto);
        expect(Object.keys(dto)).toEqual(Object.keys(User.shape).filter((field) => field !== 'roleId'));
        const { id: _id, createdAt, updatedAt, ...same } = dto;
        expect(user).toMatchObject({ ...same, _id });
        expect([createdAt, updatedAt]).toEqual([user.createdAt.toISOString(), user.updatedAt.toISOString()]);
      }),
    );
  });
});

it('toUser returns the id of a custom role', () => {
  expect(toUser({ ...ada, role: 'custom', roleId: id })).toMatchObject({ role: 'custom', roleId: id });
});

describe('the stored document', () => {
  it('is valid for any user, with the keys by which email and name are compared', () => {
    fc.assert(
      fc.property(document, (user) => {
        expect(z.strictObject(users.shape as z.core.$ZodShape).parse(stored(user))).toEqual(stored(user));
        const keys = { emailKey: user.email.toLowerCase(), nameKey: toSortKey(user.name) };
        expect(stored(user)).toMatchObject({ ...keys, deleted: false });
      }),
    );
  });

  it('is redacted in logs: name, email and their keys are personal data', () => {
    const classes = Object.fromEntries(classifiedFields([users.schema]));
    expect(classes).toEqual({ name: 'pii', nameKey: 'pii', email: 'pii', emailKey: 'pii' });
  });

  const text = '2026-01-31T09:30:00.000Z';
  const keys = [{ emailKey: 'Ada@acme.example' }, { emailKey: '' }, { deleted: undefined }, { deletedAt: text }];
  const entity = [{ version: 0 }, { createdAt: text }, { _id: id.toUpperCase() }, { tenantId: undefined }];

  it.each([...keys, ...entity, { role: 'root' }, { status: 'deleted' }])('is invalid with %j', (part) => {
    expect(users.schema.safeParse({ ...stored(ada), ...part }).success).toBe(false);
  });
});

describe('the indexes of users', () => {
  const sorts = ['-createdAt', 'createdAt', 'name', '-name'] as const;
  const filters = [
    {},
    { role: 'member' },
    { roleId: id },
    { status: 'active' },
    { email: 'ada@acme.example' },
  ] as const;
  const bounds = [{}, { 'createdAt[gte]': '2026-01-31T09:30:00.000Z' }] as const;
  const legal = filters
    .flatMap((filter) => bounds.flatMap((bound) => sorts.map((sort) => ({ ...filter, ...bound, sort }))))
    .filter((query) => ListUsersQuery.safeParse(query).success);

  it('serve every list of the API, and each serves one of them', () => {
    const planned = legal.map((query) => {
      const { where, sort } = ListUsersQuery.parse(query);
      return planList(users, { where: toStoredWhere(users, where), sort: toStoredSort(users, sort) }).index;
    });
    expect(legal.length).toBeGreaterThanOrEqual(14);
    expect(new Set(planned)).toEqual(new Set(Object.keys(users.indexes)));
  });

  it('skip deleted users in every list, and allow an email once', () => {
    const { byEmail, ...lists } = users.indexes;
    expect(Object.values(lists).map(({ fields }) => fields[0])).toEqual(Object.keys(lists).map(() => 'deleted'));
    expect(byEmail).toEqual({ fields: ['emailKey'], unique: 'email-taken' });
  });
});
