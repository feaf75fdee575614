import { classifiedFields } from '@plinth/contract-kit';
import { planList } from '@plinth/data-kit';
import { Email, ListUsersQuery, User } from '@plinth/dtos/users';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEmailKey, toRemovedKey, toUser, UserDocument, users } from './user.ts';

const anId = fc.uuid({ version: 7 });
const aTime = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
const anEmail = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9]{1,20}$/), fc.stringMatching(/^[A-Za-z]{1,20}$/))
  .map(([local, domain]) => `${local}@${domain}.example`);

const aDocument: fc.Arbitrary<UserDocument> = fc
  .record({
    _id: anId,
    tenantId: anId,
    version: fc.integer({ min: 1 }),
    createdAt: aTime,
    updatedAt: aTime,
    name: fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }).filter((name) => /\S/.test(name)),
    email: anEmail,
    role: fc.constantFrom('owner', 'member', 'viewer'),
    status: fc.constantFrom('active', 'suspended'),
    removal: fc.option(aTime, { nil: undefined }),
  })
  .map(({ removal, ...fields }) => ({
    ...fields,
    emailKey: removal ? toRemovedKey(fields._id) : toEmailKey(fields.email),
    deleted: removal !== undefined,
    ...(removal && { deletedAt: removal }),
  }));

describe('toUser', () => {
  it('gives exactly the DTO: all of it, and nothing else of the document', () => {
    fc.assert(
      fc.property(aDocument, (document) => {
        expect(UserDocument.strict().parse(document)).toEqual(document);
        const user = toUser(document);
        expect(User.strict().parse(user)).toStrictEqual(user);
        expect(Object.keys(user)).toEqual(Object.keys(User.shape));
      }),
    );
  });

  it('gives what is stored', () => {
    fc.assert(
      fc.property(aDocument, (document) => {
        const { id, createdAt, updatedAt, ...same } = toUser(document);
        expect(document).toMatchObject({ ...same, _id: id });
        expect([createdAt, updatedAt]).toEqual([document.createdAt.toISOString(), document.updatedAt.toISOString()]);
      }),
    );
  });

  it('lets no field through that a migration left in the document', () => {
    const [document] = fc.sample(aDocument, 1) as [UserDocument];
    const user = toUser({ ...document, passwordHash: 'a' } as UserDocument);
    expect(JSON.stringify(user)).not.toContain('passwordHash');
  });
});

describe('toEmailKey', () => {
  it('makes two spellings of an address equal, and is one that can be stored', () => {
    fc.assert(
      fc.property(anEmail, (email) => {
        expect(toEmailKey(email.toUpperCase())).toBe(toEmailKey(email));
        expect(toEmailKey(toEmailKey(email))).toBe(toEmailKey(email));
        expect(UserDocument.shape.emailKey.safeParse(toEmailKey(email)).success).toBe(true);
      }),
    );
  });

  it('keeps different addresses apart', () => {
    expect(toEmailKey('a.da@acme.example')).not.toBe(toEmailKey('ada@acme.example'));
    expect(toEmailKey('ada+work@acme.example')).not.toBe(toEmailKey('ada@acme.example'));
  });
});

describe('toRemovedKey', () => {
  it('can be stored, is one a person, and is the key of no address', () => {
    fc.assert(
      fc.property(anId, anId, anEmail, (id, other, email) => {
        expect(UserDocument.shape.emailKey.safeParse(toRemovedKey(id)).success).toBe(true);
        expect(toRemovedKey(id) === toRemovedKey(other)).toBe(id === other);
        expect(toRemovedKey(id)).not.toContain('@');
        expect(toEmailKey(email)).toContain('@');
      }),
    );
    expect(Email.safeParse(toRemovedKey('019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d')).success).toBe(false);
  });
});

describe('the stored document', () => {
  const [document] = fc.sample(aDocument, 1) as [UserDocument];

  it('hides name, address and the key of the address from logs, and nothing else', () => {
    expect(Object.fromEntries(classifiedFields([UserDocument]))).toEqual({
      name: 'pii',
      email: 'pii',
      emailKey: 'pii',
    });
  });

  it.each<[string, object]>([
    ['an emailKey that is not in lower case', { emailKey: 'Ada@acme.example' }],
    ['an empty emailKey', { emailKey: '' }],
    ['an unknown role', { role: 'admin' }],
    ['an unknown status', { status: 'removed' }],
    ['no word on whether it is removed', { deleted: undefined }],
    ['a time of removal as text', { deletedAt: '2026-01-31T09:30:00.000Z' }],
    ['version 0', { version: 0 }],
    ['a time as text', { createdAt: '2026-01-31T09:30:00.000Z' }],
    ['an id in upper case', { _id: '019389AA-5E5F-7C1D-9D3F-7F1E2A3B4C5D' }],
    ['no tenant', { tenantId: undefined }],
  ])('refuses %s', (_, part) => {
    expect(UserDocument.safeParse({ ...document, ...part }).success).toBe(false);
  });
});

describe('the indexes of users', () => {
  const sorts = ['-createdAt', 'createdAt', 'name', '-name'] as const;
  const filters = [{}, { role: 'member' }, { status: 'active' }, { email: 'ada@acme.example' }] as const;
  const bounds = [{}, { 'createdAt[gte]': '2026-01-31T09:30:00.000Z' }] as const;
  const queries = filters.flatMap((filter) =>
    bounds.flatMap((bound) => sorts.map((sort) => ({ ...filter, ...bound, sort }))),
  );
  const legal = queries.filter((query) => ListUsersQuery.safeParse(query).success);

  /** The list as it is asked of the collection: an address finds nobody who is removed, by its key. */
  const asStored = (query: (typeof legal)[number]) => {
    const { where, sort } = ListUsersQuery.parse(query);
    const { email, ...rest } = where;
    return {
      where: email === undefined ? { ...rest, deleted: false } : { ...rest, emailKey: toEmailKey(email) },
      sort,
    };
  };

  it('are enough for every list that the API takes', () => {
    expect(legal.length).toBeGreaterThanOrEqual(14);
    for (const query of legal) {
      expect(() => planList(users, asStored(query)), JSON.stringify(query)).not.toThrow();
    }
  });

  it('are each needed for one of them', () => {
    const used = legal.map((query) => planList(users, asStored(query)).index);
    expect(new Set(used)).toEqual(new Set(Object.keys(users.indexes)));
  });

  it('serve no list that would have to skip who is removed', () => {
    const lists = Object.entries(users.indexes).filter(([, { unique }]) => unique === undefined);
    expect(lists.map(([, { fields }]) => fields[0])).toEqual(lists.map(() => 'deleted'));
  });

  it('allow an address once', () => {
    expect(users.indexes['byEmail']).toEqual({ fields: ['emailKey'], unique: 'email-taken' });
  });
});
