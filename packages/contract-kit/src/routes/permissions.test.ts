import { describe, expect, it } from 'vitest';
import { definePermissions, type PermissionSpec } from './permissions.ts';

const spec = { title: 'See things', roles: ['owner'] } as const;

describe('definePermissions', () => {
  it('returns the book', () => {
    const book = { 'things:read': spec, 'things:write': spec };
    expect(definePermissions('things', book)).toBe(book);
  });

  it.each(['orders:read', 'things', 'thing:read', 'thingsread'])(
    "refuses '%s', which does not begin with the domain",
    (name) => {
      const book = { 'things:read': spec, [name]: spec } as Record<'things:read', PermissionSpec>;
      expect(() => definePermissions('things', book)).toThrow(`The permission '${name}' must be named 'things:…'.`);
    },
  );
});
