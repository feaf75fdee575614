import { readdirSync } from 'node:fs';
import type { AnyErrorFactory, Contract } from '@plinth/contract-kit';

const source = new URL('../src/', import.meta.url);

const isContract = (value: unknown): value is Contract =>
  typeof value === 'object' && value !== null && 'routes' in value && 'permissions' in value;

const toCamel = (domain: string): string => domain.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const read = async (domain: string): Promise<Record<string, unknown>> => import(`../src/${domain}/index.ts`);

/** Every domain with its files, its contracts and its errors, so that a new one is tested without a line of its own. */
export const domains = await Promise.all(
  readdirSync(source).map(async (domain) => {
    const exported = await read(domain);
    const errors = (exported[`${toCamel(domain)}Errors`] ?? {}) as Readonly<Record<string, AnyErrorFactory>>;
    return {
      domain,
      files: readdirSync(new URL(`${domain}/`, source)).filter((file) => !file.includes('.test')),
      contracts: Object.values(exported).filter(isContract),
      errors,
    };
  }),
);

export const routes = domains.flatMap(({ domain, contracts }) =>
  contracts.flatMap((contract) =>
    Object.entries(contract.routes).map(([operationId, route]) => ({
      domain,
      operationId,
      route,
      permissions: contract.permissions,
    })),
  ),
);
