import { checkPackages } from './check-packages.ts';
import { checkSources, type Finding } from './check-sources.ts';
import { listPackages, listSources } from './source-files.ts';
import { countIn, runTool } from './tools.ts';

export type Report = {
  ok: boolean;
  /** How many files or packages the tool says that it looked at, and how many there are. */
  seen: number;
  expected: number;
  output: string;
};

/** A tool that looked at too little is misconfigured, and its verdict counts for nothing. */
export const sawAll = ({ seen, expected }: Report): boolean => seen >= expected;

export type Check = { name: string; run: (root: string) => Promise<Report> };

/** The sources that oxlint's configuration does not make it look at. Its own count has other files in it too. */
export async function overlookedByOxlint(root: string): Promise<string[]> {
  const { output } = await runTool(root, { tool: 'oxlint', args: ['--debug=files'] });
  const listed = new Set(output.split('\n'));
  return (await listSources(root)).filter((file) => !listed.has(file));
}

const oxlint: Check = {
  name: 'oxlint',
  async run(root) {
    const [{ code, output }, overlooked] = await Promise.all([
      runTool(root, { tool: 'oxlint', args: [] }),
      overlookedByOxlint(root),
    ]);
    const expected = (await listSources(root)).length;
    return { ok: code === 0, seen: expected - overlooked.length, expected, output };
  },
};

const biome: Check = {
  name: 'biome (npm run format)',
  async run(root) {
    const { code, output } = await runTool(root, {
      tool: 'biome',
      args: ['check', '--linter-enabled=false', '--reporter=summary', '.'],
    });
    return {
      ok: code === 0,
      seen: countIn(output, /Checked (\d+) files?/),
      expected: (await listSources(root)).length,
      output,
    };
  },
};

const boundaries: Check = {
  name: 'turbo boundaries',
  async run(root) {
    const { code, output } = await runTool(root, { tool: 'turbo', args: ['boundaries'] });
    return {
      ok: code === 0,
      seen: countIn(output, / in (\d+) packages?/),
      expected: (await listPackages(root)).length,
      output,
    };
  },
};

const sources: Check = {
  name: 'sources (MAY_IMPORT, suppressions)',
  async run(root) {
    const { files, imports, findings } = await checkSources(root);
    const output = `${print(findings)}Checked ${imports} imports in ${files} files, ${findings.length} findings\n`;
    return { ok: findings.length === 0, seen: imports, expected: 1, output };
  },
};

const packages: Check = {
  name: 'packages (tags, exports)',
  async run(root) {
    const { packages: dirs, findings } = await checkPackages(root);
    const output = `${print(findings)}Checked ${dirs.length} packages, ${findings.length} findings\n`;
    return { ok: findings.length === 0, seen: dirs.length, expected: 1, output };
  },
};

const print = (findings: readonly Finding[]): string =>
  findings.map(({ file, line, rule, message }) => `${file}:${line} ${rule}: ${message}\n`).join('');

export const checks: readonly Check[] = [oxlint, biome, boundaries, sources, packages];
