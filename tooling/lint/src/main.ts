import { checkImports } from './check-imports.ts';
import { checkTexts } from './check-texts.ts';
import { root, runTool } from './workspace.ts';

const checks = {
  oxlint: () => runTool(root, 'oxlint'),
  'biome (npm run format)': () => runTool(root, 'biome', 'check', '--linter-enabled=false', '--reporter=summary', '.'),
  'imports (dependency-cruiser)': () => checkImports(root),
  'suppressions and words': () => checkTexts(root),
};

const results = await Promise.all(
  Object.entries(checks).map(async ([name, run]) => {
    const start = performance.now();
    return { name, ...(await run()), ms: Math.round(performance.now() - start) };
  }),
);

for (const { name, code, output, ms } of results) {
  console.log(`\n== ${name}: ${code === 0 ? 'ok' : 'FAILED'} (${ms} ms)\n${output.trim()}`);
}
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
