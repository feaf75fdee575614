import { ApiError } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { domains } from './domains.ts';

const entries = domains.flatMap(({ domain, errors }) =>
  Object.entries(errors).map(([key, factory]) => ({ domain, key, factory, spec: factory.spec })),
);

it('finds the error catalogue of every domain that has one', () => {
  const declared = domains.filter(({ files }) => files.includes('errors.ts')).map(({ domain }) => domain);
  expect([...new Set(entries.map(({ domain }) => domain))]).toEqual(declared);
});

describe.each(entries)('$domain: $key', ({ domain, factory, spec }) => {
  it('has the domain of its folder, because the domain is part of the type URI', () => {
    expect(spec.domain).toBe(domain);
  });

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
