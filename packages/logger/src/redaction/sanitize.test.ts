import { describe, expect, it } from 'vitest';
import { sanitizeFields } from './sanitize.ts';
import { createClassify } from './sensitive-names.ts';

const classify = createClassify(
  new Map([
    ['email', 'pii'],
    ['pinCode', 'secret'],
  ] as const),
);
const sanitize = (fields: object): Record<string, unknown> =>
  JSON.parse(JSON.stringify(sanitizeFields(fields, classify)));

describe('classified names', () => {
  it('are redacted at every depth, whatever their value, case and spelling', () => {
    expect(
      sanitize({
        email: 'x',
        user: { Email: { deep: 'x' }, pin_code: [1, 2], name: 'ok' },
        list: [{ pinCode: 1234 }],
        map: new Map([['email', 'x']]),
      }),
    ).toEqual({
      email: '[pii]',
      user: { Email: '[pii]', pin_code: '[secret]', name: 'ok' },
      list: [{ pinCode: '[secret]' }],
      map: { email: '[pii]' },
    });
  });

  it('include names that are always secret', () => {
    const names = [
      'authorization',
      'Cookie',
      'set-cookie',
      'PASSWORD',
      'token',
      'accessToken',
      'refresh_token',
      'secret',
    ];
    for (const name of [...names, 'apiKey', 'X-Api-Key', 'privateKey', 'newPassword', 'passwordHash', 'clientSecret']) {
      expect(sanitize({ [name]: 'x' })).toEqual({ [name]: '[secret]' });
    }
    expect(sanitize({ tokens: 12, idempotencyKey: 'k' })).toEqual({ tokens: 12, idempotencyKey: 'k' });
  });

  it('are secret when one schema says pii and another says secret', () => {
    const both = createClassify(
      new Map([
        ['taxId', 'secret'],
        ['tax_id', 'pii'],
      ] as const),
    );
    expect(both('taxId')).toBe('secret');
  });
});

describe('sanitizeFields', () => {
  it('converts every kind of value to JSON', () => {
    class Id {
      toJSON(): string {
        return 'id-1';
      }
    }
    expect(
      sanitize({
        none: undefined,
        nothing: null,
        yes: true,
        big: 12n,
        infinite: Number.NaN,
        date: new Date(0),
        never: new Date(Number.NaN),
        set: new Set([1, 'alice@mail.example.com']),
        map: new Map<unknown, unknown>([
          [1, 'one'],
          [{}, 'object'],
        ]),
        bytes: Buffer.from('secret'),
        buffer: new ArrayBuffer(3),
        run: () => 1,
        symbol: Symbol('s'),
        url: new URL('https://user:word@host/path'),
        id: new Id(),
        holes: [undefined, 1],
        'alice@mail.example.com': 1,
      }),
    ).toEqual({
      nothing: null,
      yes: true,
      big: '12',
      infinite: 'NaN',
      date: '1970-01-01T00:00:00.000Z',
      never: '[invalid date]',
      set: [1, '[pii]'],
      map: { 1: 'one', '[object]': 'object' },
      bytes: '[6 bytes]',
      buffer: '[3 bytes]',
      run: '[function]',
      symbol: '[symbol]',
      url: 'https://[secret]@host/path',
      id: 'id-1',
      holes: [null, 1],
      '[pii]': 1,
    });
  });

  it('limits depth, items, properties and text', () => {
    const deep = { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } };
    expect(sanitize(deep)).toEqual({ a: { b: { c: { d: { e: { f: '[deep]' } } } } } });
    const items = sanitize({ items: Array.from({ length: 1000 }, (_, index) => index) })['items'] as unknown[];
    expect([items.length, items.at(-1)]).toEqual([21, '[more]']);
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, index]));
    expect(Object.keys(sanitize(wide))).toHaveLength(51);
    const huge = (): unknown => Array.from({ length: 20 }, () => 'long words '.repeat(1000));
    const text = JSON.stringify(sanitize({ a: huge(), b: [huge(), huge()], c: { d: huge() } }));
    expect(text.length).toBeLessThan(80_000);
    const tree = (depth: number): unknown => (depth === 0 ? 1 : Array.from({ length: 20 }, () => tree(depth - 1)));
    expect(JSON.stringify(sanitize({ tree: tree(4) })).length).toBeLessThan(20_000);
  });

  it('accepts circular and shared values and properties that throw when read', () => {
    const shared = { a: 1 };
    const circle: Record<string, unknown> = { left: shared, right: shared };
    circle['self'] = circle;
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(
      sanitize({
        circle,
        proxy,
        get broken() {
          throw new Error('no');
        },
        json: {
          toJSON: () => {
            throw new Error('no');
          },
        },
      }),
    ).toEqual({
      circle: { left: { a: 1 }, right: { a: 1 }, self: '[circular]' },
      proxy: '[unreadable]',
      broken: '[unreadable]',
      json: '[unreadable]',
    });
    const self = { a: 1, toJSON: (): unknown => self };
    expect(sanitize({ self })).toEqual({ self: { a: 1, toJSON: '[function]' } });
    const endless = { toJSON: (): unknown => ({ ...endless }) };
    expect(sanitize({ endless })).toEqual({ endless: '[deep]' });
  });

  it('pollutes no prototype', () => {
    const fields: object = JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
    );
    expect(Object.keys(sanitizeFields(fields, classify))).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('accepts a value that is not an object of fields', () => {
    expect(sanitize([1])).toEqual({ fields: [1] });
    expect(sanitize(new Error('broken'))).toMatchObject({ type: 'Error', message: 'broken' });
  });
});
