import { compileFixtures } from '@plinth/vitest-config';
import { describe, expect, it } from 'vitest';

const fixtures = compileFixtures(new URL('./fixtures/', import.meta.url));

describe('the compiler reports a broken rule of a route in a sentence', () => {
  it.each(fixtures.filter(({ expected }) => expected !== undefined))('$file: $expected', ({ expected, errors }) => {
    // A second error would point the reader at a line that is not at fault.
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it('accepts a valid route', () => {
    const valid = fixtures.filter(({ expected }) => expected === undefined);
    expect(valid.map(({ file }) => file)).toContain('valid-route.ts');
    expect(valid.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
