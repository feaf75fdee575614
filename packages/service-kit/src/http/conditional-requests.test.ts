import { describe, expect, it } from 'vitest';
import { matchesIfNoneMatch, parseIfMatch, toETag } from './conditional-requests.ts';

describe('If-Match', () => {
  it.each([
    ['"3"', [3]],
    [' "3" ', [3]],
    ['"1", "3"', [1, 3]],
    ['"1","3" , "900719925474"', [1, 3, 900_719_925_474]],
    // Weak tags, and tags that the server never sends, match no version.
    ['W/"3"', []],
    ['"abc"', []],
    ['"03"', []],
    ['"-1"', []],
    ['"3.0"', []],
    ['"abc", "3"', [3]],
  ])('%s names the versions %j', (header, versions) => {
    expect(parseIfMatch(header)).toEqual(versions);
  });

  it.each([
    [undefined, undefined],
    ['*', expect.stringContaining('matches every version')],
    [' * ', expect.stringContaining('matches every version')],
  ])('throws precondition-required for %s, and says why', (header, detail) => {
    expect(() => parseIfMatch(header)).toThrow(expect.objectContaining({ code: 'precondition-required', detail }));
  });

  it.each(['', '3', '"3', "'3'", '"3" "', 'W/3', ',', '"3"; q=1', '*, "3"', '"2" "1"', '"2""1"', '"1",', '"1 2"'])(
    'throws invalid-request for %j, which is not a list of tags',
    (header) => {
      expect(() => parseIfMatch(header)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
    },
  );
});

describe('If-None-Match', () => {
  it.each([toETag(3), '"3"', 'W/"3"', '"1", "3"', 'W/"1", W/"3"', '*'])('%s matches version 3', (header) => {
    expect(matchesIfNoneMatch(header, 3)).toBe(true);
  });

  it.each([undefined, '"4"', 'W/"33"', '3', '"3', '', '"*"'])('%s does not', (header) => {
    expect(matchesIfNoneMatch(header, 3)).toBe(false);
  });
});
