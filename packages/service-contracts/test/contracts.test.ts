import { existsSync, readdirSync } from 'node:fs';
import { builtInRoles, type Contract, getSuccess, type RouteSpec } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';

// This file walks over every domain, so that a new one is held to the same promises without a line of its own.
const source = new URL('../src/', import.meta.url);
const actions = new URL('../../actions/src/', import.meta.url);

const isContract = (value: unknown): value is Contract =>
  typeof value === 'object' && value !== null && 'routes' in value && 'permissions' in value;

const read = async (domain: string): Promise<Record<string, unknown>> => import(`../src/${domain}/index.ts`);

const domains = await Promise.all(
  readdirSync(source).map(async (domain) => ({
    domain,
    contracts: Object.values(await read(domain)).filter(isContract),
  })),
);

const routes = domains.flatMap(({ domain, contracts }) =>
  contracts.flatMap(({ routes: own, permissions }) =>
    Object.entries(own).map(([operationId, route]) => ({ domain, operationId, route, permissions })),
  ),
);

const toKebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const addressOf = ({ method, path }: RouteSpec): string => `${method} ${path.replace(/:\w+/g, ':')}`;
const repeated = (items: readonly string[]): string[] => items.filter((item, at) => items.indexOf(item) !== at);

describe('all contracts together', () => {
  it('have at least one route a domain', () => {
    expect(domains.filter(({ domain }) => !routes.some((route) => route.domain === domain))).toEqual([]);
  });

  it('have each method and path once, whatever the parameters are called', () => {
    expect(repeated(routes.map(({ route }) => addressOf(route)))).toEqual([]);
  });

  it('have each operation id once', () => {
    expect(repeated(routes.map(({ operationId }) => operationId))).toEqual([]);
  });
});

describe.each(domains)('the files of $domain', ({ domain, contracts }) => {
  const files = readdirSync(new URL(`${domain}/`, source)).filter((file) => !file.includes('.test'));
  const operations = contracts.flatMap((contract) => Object.keys(contract.routes)).map((id) => `${toKebab(id)}.ts`);

  it('are one a route, named as its operation', () => {
    expect(operations.filter((file) => !files.includes(file))).toEqual([]);
  });

  it('hold no route that no contract has', () => {
    const nouns = files.filter((file) => /^(index|examples|events|permissions|.*-contract)\.ts$/.test(file));
    expect(files.filter((file) => !nouns.includes(file) && !operations.includes(file))).toEqual([]);
  });
});

describe.each(routes)('$operationId', ({ domain, operationId, route, permissions }) => {
  it('has its logic in a file of the same name', () => {
    expect(existsSync(new URL(`${domain}/${toKebab(operationId)}.ts`, actions))).toBe(true);
  });

  it('has one success', () => {
    expect(() => getSuccess(route)).not.toThrow();
  });

  it('has a path in the style of the API', () => {
    expect(route.path).toMatch(/^\/v1(\/([a-z]+(-[a-z]+)*|:[a-z][A-Za-z]*))+$/);
  });

  it('asks for a permission of its own book only', () => {
    if (typeof route.auth === 'object') expect(Object.keys(permissions)).toContain(route.auth.policy);
  });

  it('has examples, and each is what its schema takes', () => {
    const { status, schema } = getSuccess(route);
    if (route.body) expect(route.body.parse(route.examples?.body)).toEqual(route.examples?.body);
    if (status !== 204) expect(schema.parse(route.examples?.response)).toEqual(route.examples?.response);
  });
});

describe.each(domains)('the permissions of $domain', ({ contracts }) => {
  const specs = contracts.flatMap(({ permissions }) => Object.entries(permissions));

  it('are each asked for by a route', () => {
    const asked = contracts.flatMap((contract) =>
      Object.values(contract.routes).flatMap(({ auth }) => (typeof auth === 'object' ? [auth.policy] : [])),
    );
    expect(specs.map(([name]) => name).filter((name) => !asked.some((policy) => policy === name))).toEqual([]);
  });

  it('are all the owner’s, and go to roles that exist', () => {
    for (const [name, { roles }] of specs) {
      expect(roles, name).toContain('owner');
      expect(builtInRoles, name).toEqual(expect.arrayContaining([...roles]));
    }
  });
});
