import type { IForbiddenRuleType } from 'dependency-cruiser';
import { browserPackages, browserSafe, databases, domainLayers, drivers, mayImport, testTools } from './layers.ts';

/** Rules of dependency-cruiser. `$1` and `$2` are what the pattern in `from` captured. */

const words = (names: string): string[] => names.split(' ').filter(Boolean);

const importsByName = new Map(
  Object.entries(mayImport).flatMap(([names, imports]) => words(names).map((name) => [name, words(imports)] as const)),
);

/** The names in the table. */
export const layerNames: readonly string[] = [...importsByName.keys()];

/** The names that `name` may import, directly or because a package that it imports may. */
export function visibleFrom(name: string, found = new Set<string>()): Set<string> {
  for (const imported of importsByName.get(name) ?? []) {
    if (found.has(imported)) continue;
    found.add(imported);
    visibleFrom(imported, found);
  }
  return found;
}

/** Test code may import `testing` too, except where `testing` is built on the package. */
export const visibleFromTests = (name: string): Set<string> => {
  const builtOn = visibleFrom('testing');
  const added = [...words(testTools), ...(builtOn.has(name) ? [] : ['testing', ...builtOn])];
  return new Set([...visibleFrom(name), ...(name === databases ? [] : added)]);
};

const folder = (name: string): string => (name.includes('/') ? name.replace('*', '[^/]+') : `packages/${name}`);
const toAlternation = (names: Iterable<string>): string => `(?:${[...names].join('|')})`;
const inFolders = (names: Iterable<string>): string => `^${toAlternation([...names].map(folder))}/`;

const inModules = (packages: string): string => `(?:^|/)node_modules/(?:${packages})/`;

const workspace = '^(?:apps|packages|tooling)/';
// `src/testing` is what a package offers to the tests of others.
const testCode = '^(?:apps|packages|tooling)/.*(?:/(?:test|testing)/|\\.test(?:-d)?\\.tsx?$|/vitest\\.config\\.ts$)';
const wiring = '^apps/svc-([^/]+)/src/module\\.ts$';
const domains = `packages/${toAlternation(domainLayers)}`;

type Rule = Pick<Extract<IForbiddenRuleType, { to: object; from: object }>, 'from' | 'to'>;
const forbid = (name: string, comment: string, rule: Rule): IForbiddenRuleType => {
  return { name, comment, severity: 'error', ...rule };
};

const layerRules = layerNames.flatMap((name) => {
  const path = `^(${folder(name)})/`;
  const rule = (visible: Set<string>, extra: object, code: string): IForbiddenRuleType =>
    forbid(`layer ${name}${code}`, `It may import ${[...visible].join(', ') || 'no other package'}.`, {
      from: { path, ...extra },
      to: { path: workspace, pathNot: ['^$1/', ...(visible.size > 0 ? [inFolders(visible)] : [])] },
    });
  return name.startsWith('tooling/')
    ? [rule(visibleFrom(name), {}, '')]
    : [rule(visibleFrom(name), { pathNot: testCode }, ''), rule(visibleFromTests(name), {}, ' tests')];
});

const domainRules = [
  forbid('own-domain', 'Reach another domain by an event, or by its API through service-actions.', {
    from: { path: `^(?:${domains}/src|apps/svc-)/?([^/]+)/`, pathNot: wiring },
    to: { path: `^${domains}/src/`, pathNot: ['^packages/[^/]+/src/$1/', '^packages/service-actions/'] },
  }),
  forbid('wired-domain', 'Of another domain, the wiring imports the events that its consumers receive.', {
    from: { path: wiring },
    to: { path: `^${domains}/src/`, pathNot: ['^packages/[^/]+/src/$1/', '^packages/service-(?:contracts|actions)/'] },
  }),
  forbid('host-domain', 'A host imports @plinth/svc-<domain>/module, service-contracts and service-actions only.', {
    // The console validates its forms by the schemas of the API.
    from: { path: '^apps/(?!svc-|console/)' },
    to: { path: `^${domains}/`, pathNot: '^packages/service-(?:contracts|actions)/' },
  }),
  forbid('host-module', 'In a service, only src/main.ts imports the module of another service, as `usersFrom`.', {
    from: { path: '^(apps/svc-[^/]+)/', pathNot: '^apps/svc-[^/]+/src/main\\.ts$' },
    to: { path: '^apps/svc-', pathNot: '^$1/' },
  }),
  forbid(
    'public-entry',
    'Import @plinth/<layer>/<domain>, its consumers, its jobs, @plinth/svc-<domain>/module, @plinth/platform/modules or jobs, nothing deeper.',
    {
      from: { path: '^((?:apps|packages|tooling)/[^/]+)/' },
      to: {
        path: `^(?:${domains}|apps/[^/]+)/`,
        pathNot: [
          '^$1/',
          `^${domains}/src/[^/]+/(?:(?:testing|consumers|jobs)/)?index\\.ts$`,
          '^apps/svc-[^/]+/src/module\\.ts$',
          '^apps/platform/src/(?:modules|jobs/run)\\.ts$',
        ],
      },
    },
  ),
];

const packageRules = [
  forbid('known-package', 'Add the package to the table in tooling/lint/src/layers.ts.', {
    from: { path: workspace, pathNot: [inFolders(layerNames), '^tooling/[^/]+$'] },
    to: {},
  }),
  forbid('other-files', 'Import another package by its name.', {
    // The bootstrap runs before anything is installed.
    from: { path: '^((?:apps|packages|tooling)/[^/]+)/', pathNot: '^tooling/bootstrap/' },
    to: { path: workspace, pathNot: '^$1/', dependencyTypes: ['local'] },
  }),
  forbid('test-code', 'Only test code imports test code: move the import to *.test.ts, test/ or testing/.', {
    from: { pathNot: [testCode, '^packages/testing/', '^tooling/'] },
    to: { path: [testCode, '^packages/testing/', inModules('vitest|fast-check')] },
  }),
  forbid('declared', 'Declare the package in package.json.', {
    from: {},
    // vitest is installed once, in the root.
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: inModules('vitest') },
  }),
  forbid('resolvable', 'The package is not declared, or does not export this.', {
    from: {},
    to: { couldNotResolve: true, pathNot: '^k6(?:/|$)' },
  }),
  forbid('no-circular', 'Move the shared part to a file of its own; type imports count.', {
    from: {},
    to: { circular: true },
  }),
];

const consoleSource = 'apps/console/src';
const browser = { path: inFolders(browserSafe), pathNot: testCode };

const npmRules = [
  forbid('browser-safe-node', 'This package runs in a browser: take it from deps.', {
    from: { ...browser, path: inFolders([...browserSafe, consoleSource]) },
    to: { dependencyTypes: ['core'] },
  }),
  forbid(
    'browser-safe-npm',
    'This package imports no npm package but those of `browserPackages`: take a port from deps.',
    {
      from: browser,
      to: { path: inModules('[^/]+'), pathNot: inModules(browserPackages) },
    },
  ),
  ...Object.entries(drivers).map(([packages, homes]) =>
    forbid(`driver ${packages}`, `Only ${homes} may import it: take a port from deps.`, {
      from: { pathNot: `^${toAlternation(words(homes))}/` },
      to: { path: inModules(packages) },
    }),
  ),
];

export const rules: readonly IForbiddenRuleType[] = [...layerRules, ...domainRules, ...packageRules, ...npmRules];
