import { compileFixtures } from '@plinth/vitest-config';
import { describe, expect, it } from 'vitest';

const fixtures = compileFixtures(new URL('./fixtures/', import.meta.url));

describe('the compiler compares the actions of a module with its contracts', () => {
  it.each(fixtures.filter(({ expected }) => expected !== undefined))('$file: $expected', ({ expected, errors }) => {
    // A second error would point the reader at a line that is not at fault.
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it('accepts a complete module', () => {
    const valid = fixtures.filter(({ expected }) => expected === undefined);
    expect(valid.map(({ file }) => file)).toContain('complete-module.ts');
    expect(valid.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
