import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { explainBudget, instantiationsPerFileMax } from '../src/budget.ts';
import { compile } from '../src/compile.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}/`, import.meta.url));

it('accepts what the files of the workspace may need, and says what to do about more', () => {
  expect(explainBudget(root, 100 * instantiationsPerFileMax)).toBe(undefined);
  expect(explainBudget(root, 100_000_000)).toMatch(/^The types cost \d+ instantiations a file .*README\.md says how/s);
});

it('returns the errors of a project, and the same instantiations in every run', () => {
  expect(compile(fixture('invalid'))).toMatchObject({ isValid: false, errors: expect.stringContaining('TS2322') });
  const runs = [compile(fixture('valid')), compile(fixture('valid'))];
  expect(runs[0]).toMatchObject({ isValid: true, errors: '' });
  expect(runs[0]?.instantiations).toBeGreaterThan(0);
  expect(runs[1]).toEqual(runs[0]);
}, 60_000);
