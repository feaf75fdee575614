import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { isDomainLayer, type Place } from './layout.ts';

type Row = {
  /** Whose domain folders this code sees: its own, none, or all of the named layers. */
  domains: 'own' | 'none' | 'all';
  /** Layers of which it sees every domain, whatever `domains` says. */
  anyDomainOf?: readonly string[];
  /** The npm packages that it may import; without a list, what its package.json declares. */
  npm?: readonly string[];
  /** Whether it runs in Node only. */
  node: boolean;
};

// Zod is the one dependency that a browser bundle of our contracts carries.
const browserSafe = { npm: ['zod'], node: false } as const;
const own: Row = { domains: 'own', ...browserSafe };
const foundation: Row = { domains: 'none', node: true };

/**
 * The domain axis, by tag. Layer direction is `boundaries.tags` in turbo.json, drivers are oxlint's;
 * this table holds what neither can see.
 */
export const MAY_IMPORT: Readonly<Record<string, Row>> = {
  utils: { domains: 'none', ...browserSafe },
  'contract-kit': { domains: 'none', ...browserSafe },
  'data-kit': { domains: 'none', ...browserSafe },
  dtos: own,
  models: own,
  'service-contracts': own,
  contracts: own,
  actions: own,
  'service-actions': own,
  'backend-utils': foundation,
  foundation,
  adapter: foundation,
  kit: foundation,
  testing: foundation,
  // Another domain is reached by its events or by its API.
  service: { domains: 'own', anyDomainOf: ['service-actions'], node: true },
  host: { domains: 'none', anyDomainOf: ['service-contracts', 'service-actions'], node: true },
  tooling: { domains: 'all', node: true },
  engines: foundation,
  'test-config': foundation,
};

/** For tests: `@plinth/testing` and what the packages offer that need more than contract-kit and data-kit to be tested against. */
const forTests = [
  '@plinth/testing',
  '@plinth/testing/process',
  '@plinth/vitest-config',
  '@plinth/auth/testing',
  '@plinth/mongo/testing',
  '@plinth/service-kit/testing',
  '@plinth/telemetry/testing',
  'vitest',
];
const startsEngines = ['testing', 'test-config', 'tooling', 'engines'];

/** Why `place` may not import `specifier`, or nothing. */
export function whyNot(place: Place, specifier: string): string | undefined {
  const row = MAY_IMPORT[place.tag];
  if (row === undefined) return `${place.packageDir} is no known layer: add it to tooling/lint/src/layout.ts.`;
  if (specifier.startsWith('.')) return whyNotRelative(place, specifier);
  if (specifier.startsWith('@plinth/')) return whyNotPlinth({ place, row, specifier });
  return whyNotNpm({ place, row, specifier });
}

/** Why `place` may not use `import(expression)`, or nothing: nobody can check where it leads. */
export function whyNotComputed(place: Place): string | undefined {
  const isProduct = place.tag !== 'tooling' && place.tag !== 'engines' && !place.isTest;
  return isProduct ? 'A computed import() hides where it leads: write the specifier as a string.' : undefined;
}

function whyNotRelative({ tag, path, domain, isTest }: Place, specifier: string): string | undefined {
  if (!isDomainLayer(tag) || domain === undefined) return undefined;
  const target = posix.join(posix.dirname(path), specifier);
  if (target.startsWith(`src/${domain}/`) || (isTest && target.startsWith('test/'))) return undefined;
  return `${specifier} leaves the folder of "${domain}": a domain imports its own files only.`;
}

type Case = { place: Place; row: Row; specifier: string };

function whyNotPlinth(asked: Case): string | undefined {
  const { place, specifier } = asked;
  const [, name = '', ...below] = specifier.split('/');
  if (forTests.includes(specifier)) return whyNotForTests(place, specifier);
  if (name === 'engines' && !place.isTest && !startsEngines.includes(place.tag)) {
    return 'Only tests and tooling start engines: take MONGODB_URI and REDIS_URL from config.';
  }
  if (isDomainLayer(name)) return whyNotDomain(asked, { layer: name, below });
  if (name.startsWith('svc-')) {
    return below.join('/') === 'module' ? undefined : `A service is imported as @plinth/${name}/module, nothing else.`;
  }
  return below.length === 0 ? undefined : `Import @plinth/${name} by its root; it exports nothing deeper.`;
}

function whyNotDomain(
  { place, row }: Case,
  { layer, below }: { layer: string; below: readonly string[] },
): string | undefined {
  const [domain, ...deeper] = below;
  const forTestsOnly = deeper.join('/') === 'testing';
  if (domain === undefined || (deeper.length > 0 && !forTestsOnly))
    return `Import @plinth/${layer}/<domain> exactly, nothing deeper.`;
  const reason = forTestsOnly ? whyNotForTests(place, `@plinth/${layer}/${domain}/testing`) : undefined;
  if (reason !== undefined) return reason;
  if (row.domains === 'all' || row.anyDomainOf?.includes(layer)) return undefined;
  if (row.domains === 'none')
    return `A ${place.tag} has no domain and imports none; a host imports @plinth/svc-${domain}/module.`;
  if (domain === place.domain) return undefined;
  return `"${domain}" is another domain than "${place.domain ?? 'none'}": reach it by an event, or by its API through service-actions.`;
}

function whyNotForTests({ tag, isTest }: Place, specifier: string): string | undefined {
  const isAllowed = isTest || ['testing', 'tooling', 'test-config'].includes(tag);
  return isAllowed ? undefined : `${specifier} is for tests: import it from *.test.ts, test/ or testing/ only.`;
}

function whyNotNpm({ place, row, specifier }: Case): string | undefined {
  if (/^vitest(\/|$)/.test(specifier)) return whyNotForTests(place, specifier);
  if (place.isTest) return undefined;
  if (isBuiltin(specifier)) {
    return row.node
      ? undefined
      : `${place.packageDir} runs in a browser too, without ${specifier}: take what you need from deps.`;
  }
  if (row.npm === undefined || row.npm.includes(specifier)) return undefined;
  return `${place.packageDir} imports no npm package but ${row.npm.join(', ')}: take a port from deps instead of ${specifier}.`;
}
