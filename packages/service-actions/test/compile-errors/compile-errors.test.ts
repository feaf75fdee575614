import { compileFixtures } from '@plinth/vitest-config';
import { describe, expect, it } from 'vitest';

const fixtures = compileFixtures(new URL('./fixtures/', import.meta.url));

describe('a generated function that is older than its contract', () => {
  it.each(fixtures.filter(({ expected }) => expected !== undefined))(
    'does not compile, and the compiler says to run the build: $file',
    ({ expected, errors }) => {
      expect(errors).toEqual([expect.stringContaining(String(expected))]);
    },
  );
});

it('a current one compiles', () => {
  expect(fixtures.find(({ file }) => file === 'current.ts')?.errors).toEqual([]);
});
