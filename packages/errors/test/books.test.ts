import { readdirSync } from 'node:fs';
import { type AnyErrorFactory, ApiError } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';

const source = new URL('../src/', import.meta.url);
const domains = readdirSync(source);

/** `orders` → `ordersErrors`, `sales-orders` → `salesOrdersErrors`. */
const bookOf = (domain: string): string =>
  `${domain.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Errors`;

const read = async (domain: string): Promise<Readonly<Record<string, Readonly<Record<string, AnyErrorFactory>>>>> =>
  import(`../src/${domain}/index.ts`);

const books = await Promise.all(domains.map(async (domain) => ({ domain, exported: await read(domain) })));
const entries = books.flatMap(({ domain, exported }) =>
  Object.entries(exported[bookOf(domain)] ?? {}).map(([key, factory]) => ({
    domain,
    key,
    factory,
    spec: factory.spec,
  })),
);

describe.each(books)('the error book of $domain', ({ domain, exported }) => {
  it('is the one thing that the domain exports, under its name', () => {
    expect(Object.keys(exported)).toEqual([bookOf(domain)]);
  });
});

describe.each(entries)('$domain: $key', ({ domain, factory, spec }) => {
  it('belongs to the domain of its folder, because the domain is part of the type URI', () => {
    expect(spec.domain).toBe(domain);
  });

  it('has a code in kebab case', () => {
    expect(spec.code).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  it('is the state’s fault or the rule’s: what everything else answers with is a common error', () => {
    expect([409, 422]).toContain(spec.status);
  });

  it('says in full sentences what is wrong and what to do', () => {
    expect(spec.title).toMatch(/^[A-Z].*\.$/);
    expect(spec.fix).toMatch(/^[A-Z].*\.$/);
  });

  it('makes errors that know their entry', () => {
    const error = (factory as unknown as () => ApiError)();
    expect(error).toBeInstanceOf(ApiError);
    expect(error.spec).toBe(spec);
  });
});
