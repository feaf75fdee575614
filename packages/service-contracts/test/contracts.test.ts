import { readFileSync } from 'node:fs';
import { builtInRoles, getSuccess, type RouteSpec } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { domains, moduleDomains, ofEveryHost, routes } from './domains.ts';

const actions = new URL('../../actions/src/', import.meta.url);

const toKebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const toEndpoint = ({ method, path }: RouteSpec): string => `${method} ${path.replace(/:\w+/g, ':')}`;
const getRepeated = (items: readonly string[]): string[] =>
  items.filter((item, index) => items.indexOf(item) !== index);

const getExamples = (schema: z.core.$ZodType): readonly unknown[] =>
  (z.globalRegistry.get(schema)?.['examples'] as readonly unknown[] | undefined) ?? [];

describe('all contracts', () => {
  it('have at least one route in each domain', () => {
    expect(domains.filter(({ domain }) => !routes.some((route) => route.domain === domain))).toEqual([]);
  });

  it('have each method and path once, whatever the names of the parameters', () => {
    expect(getRepeated(routes.map(({ route }) => toEndpoint(route)))).toEqual([]);
  });

  it('have each operation id once', () => {
    expect(getRepeated(routes.map(({ operationId }) => operationId))).toEqual([]);
  });
});

describe.each(moduleDomains)('the files of $domain', ({ files, contracts }) => {
  it('are one for each resource, and those of its errors, events, lifecycle and permissions', () => {
    const resources = contracts.map(({ name }) => `${name}.ts`);
    const others = files.filter(
      (file) => !/^(index|errors|events|lifecycle|permissions|permission-catalogue)\.ts$/.test(file),
    );
    expect(others.toSorted()).toEqual(resources.toSorted());
  });
});

it.each(routes.filter(({ domain }) => domain !== ofEveryHost))(
  '$operationId has its action in a file of its name, or in that of its resource',
  ({ domain, operationId, resource }) => {
    const index = readFileSync(new URL(`${domain}/index.ts`, actions), 'utf8');
    const file = new RegExp(`\\b${operationId}\\b[^;]* from '\\./([^']+)\\.ts'`).exec(index)?.[1];
    expect([toKebab(operationId), resource]).toContain(file);
  },
);

describe.each(routes)('$operationId', ({ route, permissions }) => {
  it('has one success', () => {
    expect(() => getSuccess(route)).not.toThrow();
  });

  it('has a path in the style of the API', () => {
    expect(route.path).toMatch(/^\/v[1-9](\/([a-z]+(-[a-z]+)*|:[a-z][A-Za-z]*))+$/);
  });

  it('has a summary without a full stop, and a description in full sentences', () => {
    expect(route.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(route.description).toMatch(/^[A-Z`].*\.$/);
  });

  it('requires a permission of its own catalogue only', () => {
    if (typeof route.auth === 'object') expect(Object.keys(permissions)).toContain(route.auth.policy);
  });

  it('has valid examples of its body and its response in their metadata', () => {
    const { status, schema } = getSuccess(route);
    const schemas = [...(route.body ? [route.body] : []), ...(status === 204 ? [] : [schema])];
    for (const documented of schemas) {
      const examples = getExamples(documented);
      expect(examples).not.toEqual([]);
      for (const example of examples) expect(z.parse(documented, example)).toEqual(example);
    }
  });
});

describe.each(domains)('the permissions of $domain', ({ contracts }) => {
  const specs = contracts.flatMap(({ permissions }) => Object.entries(permissions));

  it('are each required by a route', () => {
    const required = contracts.flatMap((contract) =>
      Object.values(contract.routes).flatMap(({ auth }) => (typeof auth === 'object' ? [auth.policy] : [])),
    );
    expect(specs.map(([name]) => name).filter((name) => !required.some((policy) => policy === name))).toEqual([]);
  });

  it('all belong to owners, and to built-in roles only', () => {
    for (const [name, { roles }] of specs) {
      expect(roles, name).toContain('owner');
      expect(builtInRoles, name).toEqual(expect.arrayContaining([...roles]));
    }
  });
});
