import { checkImports } from './check-imports.ts';
import { checkTexts } from './check-texts.ts';
import { root, runTool } from './workspace.ts';

const checks = {
  oxlint: () => runTool(root, 'oxlint'),
  'biome (npm run format)': () => runTool(root, 'biome', 'check', '--linter-enabled=false', '--reporter=summary', '.'),
  'imports (dependency-cruiser)': () => checkImports(root),
  'suppressions and words': () => checkTexts(root),
};

const results = await Promise.all(Object.entries(checks).map(async ([name, run]) => ({ name, ...(await run()) })));

for (const { name, code, output } of results) {
  console.log(`\n== ${name}: ${code === 0 ? 'ok' : 'FAILED'}\n${output.trim()}`);
}
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
