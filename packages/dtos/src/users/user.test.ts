import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ChangeRole,
  CreateUser,
  Email,
  Role,
  UpdateUser,
  User,
  UserName,
  UserPage,
  UserParams,
  UserStatus,
} from './user.ts';

const user: User = {
  id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d',
  version: 1,
  name: 'Ada Lovelace',
  email: 'Ada@acme.example',
  role: 'member',
  status: 'active',
  createdAt: '2026-01-31T09:30:00.000Z',
  updatedAt: '2026-01-31T09:30:00.000Z',
};

/** An address of so many characters whose parts are not too long themselves. */
const addressOf = (length: number): string => {
  const end = `@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(60)}.example`;
  return 'a'.repeat(length - end.length) + end;
};

describe('an e-mail address', () => {
  it.each(['ada@acme.example', 'Ada.Lovelace+work@ACME.example', "o'hara@a-b.example", addressOf(254)])(
    'accepts %s and changes nothing about it',
    (email) => {
      expect(Email.parse(email)).toBe(email);
    },
  );

  it.each([
    '',
    'ada',
    'ada@',
    '@acme.example',
    'ada@acme',
    'ada@@acme.example',
    'ada lovelace@acme.example',
    ' ada@acme.example',
    'ada@acme.example\n',
    'ada@acme.example,eve@evil.example',
    'Ada <ada@acme.example>',
    addressOf(255),
    `${'a'.repeat(65)}@acme.example`,
    `ada@${'b'.repeat(64)}.example`,
    'ada@acme-.example',
  ])('refuses %j', (email) => {
    expect(Email.safeParse(email).success).toBe(false);
  });
});

describe('a name', () => {
  it.each(['A', 'Zoë 李', '😀', "D'Arcy", '{{name}} $where', 'a'.repeat(200)])('accepts %s', (name) => {
    expect(UserName.parse(name)).toBe(name);
  });

  it.each(['', ' ', '\t\n', '\u00a0\u2003', 'a'.repeat(201), 'a\ud83d', 7, null])('refuses %j', (name) => {
    expect(UserName.safeParse(name).success).toBe(false);
  });
});

describe('a role', () => {
  it.each(['owner', 'member', 'viewer'])('can be %s', (role) => {
    expect(Role.parse(role)).toBe(role);
  });

  it.each(['admin', 'Owner', '', 'constructor'])('cannot be %j', (role) => {
    expect(Role.safeParse(role).success).toBe(false);
  });
});

describe('CreateUser', () => {
  const { name, email, role } = user;

  it('strips what a caller may not choose', () => {
    const greedy = {
      name,
      email,
      role,
      status: 'suspended',
      id: user.id,
      version: 7,
      tenantId: user.id,
      emailKey: 'a',
      isAdmin: true,
    };
    expect(CreateUser.parse(greedy)).toStrictEqual({ name, email, role });
  });

  it('lets no prototype key through', () => {
    const forged: unknown = JSON.parse(
      `{ "name": "Ada", "email": "ada@acme.example", "role": "viewer", "__proto__": { "role": "owner" }, "constructor": 1 }`,
    );
    const parsed = CreateUser.parse(forged);
    expect(Object.keys(parsed)).toEqual(['name', 'email', 'role']);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });

  it.each(['name', 'email', 'role'] as const)('asks for %s', (field) => {
    const { [field]: _, ...rest } = { name, email, role };
    expect(CreateUser.safeParse(rest).error?.issues[0]?.path).toEqual([field]);
  });
});

describe('a status', () => {
  it.each(['active', 'suspended'])('can be %s', (status) => {
    expect(UserStatus.parse(status)).toBe(status);
  });

  it.each(['deleted', 'Active', '', '__proto__', null])('cannot be %j', (status) => {
    expect(UserStatus.safeParse(status).success).toBe(false);
  });
});

describe('a change', () => {
  it('of a role is the role alone', () => {
    expect(ChangeRole.parse({ role: 'viewer', status: 'suspended', id: user.id })).toStrictEqual({ role: 'viewer' });
    expect(ChangeRole.safeParse({}).success).toBe(false);
    expect(ChangeRole.safeParse({ role: null }).success).toBe(false);
  });

  it('of a person’s own data has neither role nor status', () => {
    const greedy = { name: 'Ada King', role: 'owner', status: 'active', deleted: false, version: 9 };
    expect(UpdateUser.parse(greedy)).toStrictEqual({ name: 'Ada King' });
  });
});

describe('UserParams', () => {
  it.each(['me', '..', '019389AA-5E5F-7C1D-9D3F-7F1E2A3B4C5D', ''])('refuses %j as an id', (id) => {
    expect(UserParams.safeParse({ id }).success).toBe(false);
  });
});

// A `z.date()` or a `.transform()` in an answer would compile and fail when the first answer is sent.
describe('every answer survives the way to JSON and back', () => {
  it.each<[string, z.ZodType, unknown]>([
    ['User', User, user],
    ['UserPage', UserPage, { items: [user, { ...user, name: '😀' }], nextCursor: 'a.b' }],
    ['UserPage, the last', UserPage, { items: [], nextCursor: null }],
  ])('%s', (_, schema, sample) => {
    const text = JSON.stringify(z.encode(schema, sample));
    expect(JSON.parse(text)).toEqual(sample);
    expect(schema.parse(JSON.parse(text))).toEqual(sample);
  });

  it.each([{ version: 0 }, { version: 1.5 }, { createdAt: '2026-01-31' }, { createdAt: new Date() }, { id: 'a' }])(
    'and a User with %j is none',
    (part) => {
      expect(User.safeParse({ ...user, ...part }).success).toBe(false);
    },
  );
});

it('describes every field in the API reference', () => {
  const { properties = {} } = z.toJSONSchema(User, { io: 'input' });
  const silent = Object.entries(properties).filter(([, schema]) => typeof schema === 'object' && !schema.description);
  expect(silent).toEqual([]);
});
