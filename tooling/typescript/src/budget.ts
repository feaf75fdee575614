import { globSync } from 'node:fs';

/** About a sixth more than the workspace needs. */
export const instantiationsPerFileMax = 1900;

const countSources = (root: string): number =>
  globSync('{apps,packages,tooling}/**/*.{ts,mjs}', {
    cwd: root,
    exclude: (name) => ['node_modules', 'dist', 'fixtures'].includes(name),
    // The console is compiled apart, with the types of a browser.
  }).filter((path) => !path.startsWith('apps/console/src/')).length;

/** Returns what to do when a type check creates more types than the files of the workspace may need, or undefined. */
export const explainBudget = (root: string, instantiations: number): string | undefined => {
  const files = countSources(root);
  const perFile = Math.round(instantiations / files);
  if (perFile <= instantiationsPerFileMax) return undefined;
  return [
    `The types cost ${perFile} instantiations a file (${instantiations} in ${files} files); ${instantiationsPerFileMax} are allowed.`,
    'A change made a generic type expensive that many files use. tooling/typescript/README.md says how to find it.',
  ].join('\n');
};
