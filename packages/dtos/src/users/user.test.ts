import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Email, User, UserName, UserPage } from './user.ts';

const [user] = User.meta()!['examples'] as [User];

/** Creates an address of `length` characters whose parts are within their own limits. */
const createAddress = (length: number): string => {
  const domain = `@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(60)}.example`;
  return 'a'.repeat(length - domain.length) + domain;
};

describe('an e-mail address', () => {
  const plain = "ada@acme.example Ada.Lovelace+work@ACME.example o'hara@a-b.example";
  const atoms = "r&d@acme.example a/b=c@acme.example !#$%&'*+-/=?^_`{|}~@acme.example";
  const international = 'ada@xn--bcher-kva.example ada@xn--e1afmkfd.xn--p1ai';
  const longest = `${'a'.repeat(64)}@acme.example ${createAddress(254)}`;

  it.each(`${plain} ${atoms} ${international} ${longest}`.split(' '))('accepts %s unchanged', (address) => {
    expect(Email.parse(address)).toBe(address);
    expect(address).toMatch(new RegExp(String(z.toJSONSchema(Email, { metadata: z.registry() }).pattern)));
  });

  const incomplete = ',ada,ada@,@acme.example,ada@acme,ada@@acme.example'.split(',');
  const misplaced = '.ada@acme.example ada.@acme.example a..b@acme.example ada@acme-.example ada@-acme.example'.split(
    ' ',
  );
  const tooLong = [`ada@${'b'.repeat(64)}.example`, `${'a'.repeat(65)}@acme.example`, createAddress(255)];
  const spaced = ['ada lovelace@acme.example', ' ada@acme.example', 'ada@acme.example\n', 'ada\0@acme.example'];
  const several = ['ada@acme.example\r\nBcc: eve@evil.example', 'ada@acme.example,eve@evil.example'];

  it.each([...incomplete, ...misplaced, ...tooLong, ...spaced, ...several, 'Ada <ada@acme.example>', 'ada@192.0.2.1'])(
    'refuses %j',
    (address) => expect(Email.safeParse(address).success).toBe(false),
  );
});

it('an e-mail address of more than 254 characters is too long, whatever its form', () => {
  for (const address of [createAddress(255), 'a'.repeat(255)]) {
    expect(Email.safeParse(address).error?.issues).toMatchObject([{ code: 'too_big', maximum: 254 }]);
  }
});

describe('a name', () => {
  it.each(['A', 'Zoë 李', "D'Arcy", '\u{1F469}\u200D\u{1F680}', 'a'.repeat(200)])('accepts %s unchanged', (name) => {
    expect(UserName.parse(name)).toBe(name);
  });

  it.each(['', ' ', '\u200b\u200d', 'a\nb', 'a\0b', 'a\ud83d', 'a'.repeat(201), 7, null])('refuses %j', (name) => {
    expect(UserName.safeParse(name).success).toBe(false);
  });
});

// A `z.date()` or a `.transform()` in a response would compile, and fail when the first response is sent.
describe('a response', () => {
  it.each<[string, z.ZodType, unknown]>([
    ['User', User, user],
    ['UserPage', UserPage, { items: [user, { ...user, name: '😀' }], nextCursor: 'a.b' }],
    ['the last UserPage', UserPage, { items: [], nextCursor: null }],
  ])('is the same after JSON: %s', (_, schema, sample) => {
    expect(schema.parse(JSON.parse(JSON.stringify(z.encode(schema, sample))))).toEqual(sample);
  });

  it.each([{ version: 0 }, { version: 1.5 }, { createdAt: '2026-01-31' }, { id: 'a' }, { status: 'deleted' }])(
    'is not a valid User with %j',
    (part) => expect(User.safeParse({ ...user, ...part }).success).toBe(false),
  );

  it('has a description for every field', () => {
    const undescribed = Object.entries(User.shape).filter(([, field]) => !field.description);
    expect(undescribed.map(([name]) => name)).toEqual([]);
  });
});
