import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const compiler = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));

/** One run for all: the compiler needs a second to start and none for a further file. */
const compile = (): string => {
  const { stdout, error } = spawnSync(compiler, ['-p', fixtures, '--pretty', 'false'], {
    cwd: fixtures,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error) throw error;
  return stdout;
};

/** The complaints about each file. One begins at the margin, and its reasons are indented below it. */
const byFile = Map.groupBy(compile().split(/\n(?=\S)/), (complaint) => complaint.split('(')[0] ?? '');

const expectations = readdirSync(fixtures)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, says: /^\/\/ Says: (.+)$/m.exec(readFileSync(fixtures + file, 'utf8'))?.[1] }));

describe('the compiler answers a broken rule with the sentence that the fixture begins with', () => {
  it.each(expectations.filter(({ says }) => says !== undefined))('$file: $says', ({ file, says }) => {
    const complaints = byFile.get(file) ?? [];
    // A second complaint would send the reader to a line that is not at fault.
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(says);
  });

  it('and says nothing about anything else', () => {
    const silent = expectations.filter(({ says }) => says === undefined).map(({ file }) => file);
    expect(silent).toContain('nothing-to-say.ts');
    const accused = [...byFile.keys()].filter((file) => file.endsWith('.ts')).toSorted();
    expect(accused).toEqual(
      expectations
        .map(({ file }) => file)
        .filter((file) => !silent.includes(file))
        .toSorted(),
    );
  });
});
