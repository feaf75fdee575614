import { readdirSync, readFileSync } from 'node:fs';
import type { AnyErrorFactory, Contract } from '@plinth/contract-kit';

const source = new URL('../src/', import.meta.url);

const isContract = (value: unknown): value is Contract =>
  typeof value === 'object' && value !== null && 'routes' in value && 'permissions' in value;

const read = (path: string): string => readFileSync(new URL(path, source), 'utf8');

/** The contracts of every host: contract-kit declares them and their errors, and service-kit has their actions. */
export const ofEveryHost = 'operations';

/** Every domain with its files, its contracts and its errors, so that a new one is tested without a line of its own. */
export const domains = await Promise.all(
  readdirSync(source).map(async (domain) => {
    const exported: Record<string, unknown> = await import(`../src/${domain}/index.ts`);
    const files = readdirSync(new URL(`${domain}/`, source)).filter((file) => !file.includes('.test'));
    const catalogues = Object.entries(exported).filter(([name]) => name.endsWith('Errors'));
    return {
      domain,
      files,
      contracts: Object.values(exported).filter(isContract),
      errors: catalogues.map(([, errors]) => errors as Readonly<Record<string, AnyErrorFactory>>),
      /** The number of error catalogues that the files define. */
      catalogues: files.flatMap((file) => read(`${domain}/${file}`).match(/\bdefineErrors\(/g) ?? []).length,
    };
  }),
);

/** The domains whose files are those of a module. */
export const moduleDomains = domains.filter(({ domain }) => domain !== ofEveryHost);

export const routes = domains.flatMap(({ domain, contracts }) =>
  contracts.flatMap((contract) =>
    Object.entries(contract.routes).map(([operationId, route]) => ({
      domain,
      operationId,
      resource: contract.name,
      route,
      permissions: contract.permissions,
    })),
  ),
);
