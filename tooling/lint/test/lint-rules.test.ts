import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accepted, refused } from '../fixtures/lint-rules.ts';
import { runTool } from '../src/tools.ts';
import { aTree, root, withLintConfig } from './tree.ts';

type Diagnostic = { code?: string; message: string; help?: string; filename: string; severity: string };

const tree = aTree();
let code = 0;
let filesSeen = 0;
let diagnostics: readonly Diagnostic[] = [];

const lint = async (paths: string[]) =>
  await runTool(root, { tool: 'oxlint', args: ['--format=json', ...paths], cwd: tree.dir });

beforeAll(async () => {
  withLintConfig(tree);
  for (const { file, code: content } of [...refused, ...accepted]) tree.write(file, content);
  const outcome = await lint(['apps', 'packages', 'tooling/engines']);
  code = outcome.code;
  const report = JSON.parse(outcome.output) as { diagnostics: Diagnostic[]; number_of_files: number };
  diagnostics = report.diagnostics;
  filesSeen = report.number_of_files;
}, 60_000);
afterAll(tree.remove);

const findingsIn = (file: string) => diagnostics.filter(({ filename }) => filename === file);
const textOf = ({ message, help = '' }: Diagnostic): string => `${message} ${help}`;

it('looks at every fixture, and fails', () => {
  expect(filesSeen).toBe(refused.length + accepted.length);
  expect(code).toBe(1);
});

describe('refuses', () => {
  it.each(refused)('$rule in $file: $says', ({ file, rule, says }) => {
    const said = findingsIn(file)
      .filter((finding) => (finding.code ?? '') === rule)
      .map(textOf);
    expect(said).toContainEqual(expect.stringContaining(says));
  });
});

describe('accepts', () => {
  it.each(accepted)('$file', ({ file }) => {
    expect(findingsIn(file)).toEqual([]);
  });

  it('a tree without any finding, by its exit code', async () => {
    const clean = await lint(accepted.map(({ file }) => file));
    expect(clean).toMatchObject({ code: 0, output: expect.stringContaining(`"number_of_files": ${accepted.length}`) });
  });
});
