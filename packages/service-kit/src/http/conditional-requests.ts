import { commonErrors, type ExpectedVersions, invalidFields } from '@plinth/contract-kit';

/** Returns the entity tag of a version. */
export const toETag = (version: unknown): string => `"${String(version)}"`;

type Tag = { readonly weak: boolean; readonly text: string };

/** The pattern of `If-Match`: a list of strong and weak entity tags. Weak tags are valid, but match nothing. */
export const tagListPattern = '^(?:W/)?"[!#-~]*"(?:[ \\t]*,[ \\t]*(?:W/)?"[!#-~]*")*$';

const tagList = new RegExp(tagListPattern);

/** Returns the entity tags of a header; `undefined` when the header is not a list of tags. */
const parseTags = (header: string): readonly Tag[] | undefined => {
  if (!tagList.test(header.trim())) return undefined;
  return [...header.matchAll(/(W\/)?"([^"]*)"/g)].map(([, weak, text = '']) => ({ weak: weak !== undefined, text }));
};

const malformedIfMatch = () =>
  invalidFields([
    { pointer: '/if-match', location: 'header', code: 'invalid-format', message: 'must be a quoted ETag, as in "3"' },
  ]);

/**
 * Returns the versions that an `If-Match` header names. The comparison is strong: a weak tag names no version.
 * @throws `precondition-required` without a version, `invalid-request` when the header is not a list of tags.
 */
export const parseIfMatch = (header: string | undefined): ExpectedVersions => {
  if (header === undefined) throw commonErrors.preconditionRequired();
  if (header.trim() === '*') {
    throw commonErrors.preconditionRequired({
      detail:
        '`If-Match: *` matches every version, so it cannot protect the change: send the ETag of the version you read.',
    });
  }
  const tags = parseTags(header);
  if (!tags) throw malformedIfMatch();
  return tags.filter(({ weak, text }) => !weak && /^[1-9]\d{0,14}$/.test(text)).map(({ text }) => Number(text));
};

/** True when an `If-None-Match` header names this version. The comparison is weak. */
export const matchesIfNoneMatch = (header: string | undefined, version: unknown): boolean => {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  // A malformed header matches nothing: sending the whole response is never wrong.
  return parseTags(header)?.some(({ text }) => text === String(version)) ?? false;
};
