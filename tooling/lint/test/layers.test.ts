import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directEdges, strayImports } from '../fixtures/layers.ts';
import { knownTags } from '../src/check-packages.ts';
import { type Outcome, runTool } from '../src/tools.ts';
import { aTree, root, type Tree } from './tree.ts';

const layers = Object.keys(directEdges);
const pairs = layers.flatMap((from) => layers.map((to) => ({ from, to })));

/** What a layer reaches through what it depends on. */
function reachedFrom(layer: string, seen = new Set<string>()): Set<string> {
  for (const below of directEdges[layer] ?? []) {
    if (seen.has(below)) continue;
    seen.add(below);
    reachedFrom(below, seen);
  }
  return seen;
}
const isAllowed = ({ from, to }: { from: string; to: string }): boolean => reachedFrom(from).has(to);

type Package = { name: string; tag: string; uses?: string; code?: string };

/** A workspace under the real turbo.json with a package for each layer, `leaf-<layer>`, that others can depend on. */
function aWorkspace(packages: readonly Package[]): Tree {
  const tree = aTree();
  copyFileSync(join(root, 'turbo.json'), join(tree.dir, 'turbo.json'));
  tree.write('package.json', { name: 'probes', private: true, packageManager: 'pnpm@12.21.0' });
  tree.write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n');
  tree.write('pnpm-lock.yaml', "lockfileVersion: '9.0'\nimporters: {}\n");
  const leaves = layers.map((layer) => ({ name: `leaf-${layer}`, tag: layer }));
  for (const { name, tag, uses, code } of [...leaves, ...packages] as Package[]) {
    const devDependencies = uses === undefined ? {} : { [`@probe/${uses}`]: 'workspace:*' };
    tree.write(`packages/${name}/package.json`, { name: `@probe/${name}`, version: '0.0.0', devDependencies });
    tree.write(`packages/${name}/turbo.json`, { extends: ['//'], tags: [tag] });
    tree.write(`packages/${name}/src/index.ts`, code ?? (uses === undefined ? '' : `import '@probe/${uses}';\n`));
  }
  return tree;
}

// turbo wraps its lines, also at a hyphen, wherever a terminal of 80 columns ends.
const unwrap = (output: string): string => output.replaceAll(/\n\s*\|\s|\s/g, '');
const refusal = /Package`@probe\/([\w-]+)`foundwithoutanytaglistedinallowlistfor`@probe\/([\w-]+)`/g;

/** Which packages turbo said must not meet, as `one on other` and, where the other one forbids it, `other on one`. */
const refusedIn = (output: string): Set<string> =>
  new Set([...unwrap(output).matchAll(refusal)].map(([, one, other]) => `${other} on ${one}`));

const trees: Tree[] = [];
afterAll(() => trees.forEach(({ remove }) => remove()));

async function boundariesOf(packages: readonly Package[]): Promise<Outcome> {
  const tree = aWorkspace(packages);
  trees.push(tree);
  const { code, output } = await runTool(root, { tool: 'turbo', args: ['boundaries'], cwd: tree.dir });
  return { code, output };
}

const probe = ({ from, to }: { from: string; to: string }): Package => ({
  name: `${from}-on-${to}`,
  tag: from,
  uses: `leaf-${to}`,
});

it('knows the same layers as turbo.json', () => {
  expect(knownTags(root).sort()).toEqual([...layers].sort());
});

describe('an import from one layer to another', () => {
  let outcome: Outcome;
  let refused: ReadonlySet<string>;
  beforeAll(async () => {
    outcome = await boundariesOf(pairs.map(probe));
    refused = refusedIn(outcome.output);
  }, 60_000);

  it('is looked at for every pair of layers', () => {
    const count = pairs.length + layers.length;
    expect(outcome.code).toBe(1);
    expect(outcome.output.includes(`Checked ${count} files in ${count} packages`)).toBe(true);
  });

  it.each(pairs.filter((pair) => !isAllowed(pair)))('is refused from $from to $to', (pair) => {
    expect(refused).toContain(`${probe(pair).name} on leaf-${pair.to}`);
  });

  it('is accepted for every other pair', async () => {
    const { code, output } = await boundariesOf(pairs.filter(isAllowed).map(probe));
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('no issues found') });
  });
});

describe('a service and a host', () => {
  it.each(['service', 'host', 'tooling'])(
    'say themselves who may depend on a %s, also to a package without a known layer',
    async (to) => {
      const { code, output } = await boundariesOf([{ name: 'stranger', tag: 'novelty', uses: `leaf-${to}` }]);
      expect(code).toBe(1);
      expect(refusedIn(output)).toContain(`leaf-${to} on stranger`);
    },
  );
});

describe('an import that no package.json allows', () => {
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await boundariesOf(
      strayImports.map(({ code }, index) => ({ name: `stray-${index}`, tag: 'utils', code: `${code}\n` })),
    );
  }, 60_000);

  it.each(strayImports)('is refused: $name', ({ says }) => {
    expect(outcome).toMatchObject({ code: 1, output: expect.stringContaining(says) });
  });
});
