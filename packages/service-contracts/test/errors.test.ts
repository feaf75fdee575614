import { ApiError } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { domains, moduleDomains } from './domains.ts';

const entries = domains.flatMap(({ domain, errors }) =>
  errors.flatMap((catalogue) =>
    Object.entries(catalogue).map(([key, factory]) => ({ domain, key, factory, spec: factory.spec })),
  ),
);

it.each(moduleDomains)('finds every error catalogue of $domain', ({ errors, catalogues }) => {
  expect(errors).toHaveLength(catalogues);
});

it('has each code of a domain once', () => {
  const codes = entries.map(({ domain, spec }) => `${domain}/${spec.code}`);
  expect(codes).toEqual([...new Set(codes)]);
});

it.each(entries.filter(({ domain }) => moduleDomains.some((module) => module.domain === domain)))(
  '$domain: $key has the domain of its folder, because the domain is part of the type URI',
  ({ domain, spec }) => {
    expect(spec.domain).toBe(domain);
  },
);

describe.each(entries)('$domain: $key', ({ factory, spec }) => {
  it('has a code in kebab case', () => {
    expect(spec.code).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  it('has the status 409 or 422: all others are common errors', () => {
    expect([409, 422]).toContain(spec.status);
  });

  it('describes the problem and the next step in full sentences', () => {
    expect(spec.title).toMatch(/^[A-Z].*\.$/);
    expect(spec.fix).toMatch(/^[A-Z].*\.$/);
  });

  it('creates errors with its entry', () => {
    const error = (factory as unknown as () => ApiError)();
    expect(error).toBeInstanceOf(ApiError);
    expect(error.spec).toBe(spec);
  });
});
