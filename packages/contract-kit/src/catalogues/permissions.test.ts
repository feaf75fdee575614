import { describe, expect, it } from 'vitest';
import { definePermissions, type PermissionSpec } from './permissions.ts';

const spec = { title: 'See things', roles: ['owner'] } as const;

describe('definePermissions', () => {
  it('returns the catalogue', () => {
    const catalogue = { 'things:read': spec, 'things:write': spec };
    expect(definePermissions('things', catalogue)).toBe(catalogue);
  });

  it.each(['orders:read', 'things', 'thing:read', 'thingsread'])(
    "refuses '%s', which does not begin with the domain",
    (name) => {
      const catalogue = { 'things:read': spec, [name]: spec } as Record<'things:read', PermissionSpec>;
      expect(() => definePermissions('things', catalogue)).toThrow(
        `The permission '${name}' must be named 'things:…'.`,
      );
    },
  );
});
