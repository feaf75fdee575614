/** What a path means in this repository: which layer a package is, which domain a file belongs to. */

/** Packages whose folders are domains: `packages/<layer>/src/<domain>`. */
export const domainLayers = ['dtos', 'models', 'service-contracts', 'contracts', 'actions', 'service-actions'] as const;

/** Runs in a browser and is handed clocks, ids and I/O: the vocabulary and the matrix. */
export const pureLayers = [
  'contract-kit',
  'data-kit',
  ...domainLayers.filter((layer) => layer !== 'service-actions'),
] as const;

/** The tag that turbo's layer rules know a package by, for those whose name is not already their tag. */
const tagOfPackage: Readonly<Record<string, string>> = {
  'packages/config': 'foundation',
  'packages/logger': 'foundation',
  'packages/auth': 'foundation',
  'packages/telemetry': 'foundation',
  'packages/mongo': 'adapter',
  'packages/redis': 'adapter',
  'packages/mail': 'adapter',
  'packages/ai': 'adapter',
  'packages/aws-sdk': 'adapter',
  'packages/service-kit': 'kit',
  'tooling/engines': 'engines',
  'tooling/vitest': 'test-config',
};

/** The one tag that a package must carry, from where it lies. */
export function tagOf(packageDir: string): string {
  const [area, name = ''] = packageDir.split('/');
  if (area === 'apps') return name.startsWith('svc-') ? 'service' : 'host';
  return tagOfPackage[packageDir] ?? (area === 'tooling' ? 'tooling' : name);
}

export type Place = {
  packageDir: string;
  tag: string;
  /** The path inside the package. */
  path: string;
  domain: string | undefined;
  isTest: boolean;
};

// `src/testing` is what a package offers to the tests of others; `test-d` files are never run.
const testPath = /(^|\/)(test|testing)\/|\.test(-d)?\.ts$|^vitest\.config\.ts$/;

export const isDomainLayer = (name: string): boolean => domainLayers.some((layer) => layer === name);

/** Reads the coordinates of a file from its path relative to the root. */
export function placeOf(file: string): Place {
  const [area = '', name = '', ...rest] = file.split('/');
  const packageDir = `${area}/${name}`;
  const tag = tagOf(packageDir);
  const path = rest.join('/');
  return { packageDir, tag, path, domain: domainOf({ tag, name, rest }), isTest: testPath.test(path) };
}

function domainOf({ tag, name, rest }: { tag: string; name: string; rest: readonly string[] }): string | undefined {
  if (tag === 'service') return name.slice('svc-'.length);
  const [source, domain] = rest;
  return isDomainLayer(tag) && source === 'src' && rest.length > 2 ? domain : undefined;
}
