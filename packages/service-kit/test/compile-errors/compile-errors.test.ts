import { compileFixtures } from '@plinth/vitest-config';
import { describe, expect, it } from 'vitest';

const fixtures = compileFixtures(new URL('./fixtures/', import.meta.url));

describe('the compiler compares the actions of a module with its contracts', () => {
  it.each(fixtures.filter(({ says }) => says !== undefined))('$file: $says', ({ says, errors }) => {
    // A second error would point the reader at a line that is not at fault.
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(says);
  });

  it('accepts a complete module', () => {
    const silent = fixtures.filter(({ says }) => says === undefined);
    expect(silent.map(({ file }) => file)).toContain('complete-module.ts');
    expect(silent.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
