import { cruise, format, type ICruiseResult } from 'dependency-cruiser';
import { rules } from './import-rules.ts';
import { listSources, type Outcome } from './workspace.ts';

export async function cruiseFolder(folder: string): Promise<ICruiseResult> {
  const { output } = await cruise(['apps', 'packages', 'tooling'], {
    baseDir: folder,
    doNotFollow: 'node_modules',
    exclude: '/(?:fixtures|dist|coverage)/',
    // Type imports count.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
      extensions: ['.ts', '.tsx', '.mts', '.mjs', '.js', '.json', '.d.ts'],
    },
    validate: true,
    ruleSet: { forbidden: [...rules] },
  });
  return output as ICruiseResult;
}

/** Returns the sources that dependency-cruiser did not read: without a TypeScript before version 7 it reads none, and passes. */
export function missedSources({ modules }: Pick<ICruiseResult, 'modules'>, sources: readonly string[]): string[] {
  const seen = new Set(modules.map(({ source }) => source));
  return sources.filter((source) => !seen.has(source));
}

export async function checkImports(folder: string): Promise<Outcome> {
  const result = await cruiseFolder(folder);
  const { output, exitCode } = await format(result, { outputType: 'err-long' });
  const missed = missedSources(result, listSources(folder));
  if (missed.length === 0) return { code: exitCode, output: output as string };
  return { code: 1, output: `dependency-cruiser is misconfigured: it did not read ${missed.join(', ')}.` };
}
