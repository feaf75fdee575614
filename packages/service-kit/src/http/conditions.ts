import { commonErrors, type ExpectedVersions, getSuccess, type RouteSpec } from '@plinth/contract-kit';
import { z } from 'zod';

/** The entity tag of a version. */
export const etagOf = (version: unknown): string => `"${String(version)}"`;

/** True for a route that changes what is there, and so must be told which version it is meant for. */
export const needsVersion = ({ method }: RouteSpec): boolean =>
  method === 'PATCH' || method === 'PUT' || method === 'DELETE';

/** True for a route whose answer has a version, and with it an `ETag`. */
export const hasVersion = (route: RouteSpec): boolean => {
  const { schema } = getSuccess(route);
  return !route.stream && schema instanceof z.ZodObject && 'version' in schema.shape;
};

type Tag = { readonly weak: boolean; readonly text: string };

const tagForm = /(W\/)?"([^"]*)"/g;

/** The tags of a header; `undefined` when it is no list of tags. */
const tagsOf = (header: string): readonly Tag[] | undefined => {
  const rest = header.replaceAll(tagForm, '');
  if (!/^[\s,]*$/.test(rest)) return undefined;
  const tags = [...header.matchAll(tagForm)].map(([, weak, text = '']) => ({ weak: weak !== undefined, text }));
  return tags.length > 0 ? tags : undefined;
};

const malformed = (name: string) =>
  commonErrors.invalidRequest({
    detail: `header/${name}: must be the ETag of the resource, quoted, as in "3".`,
    errors: [
      { pointer: `/${name}`, location: 'header', code: 'invalid-format', message: 'must be a quoted ETag, as in "3"' },
    ],
  });

/**
 * The versions that an `If-Match` header names, compared strongly: a weak tag names none.
 * @throws `precondition-required` without a version, `invalid-request` when it is no list of tags.
 */
export const versionsOf = (header: string | undefined): ExpectedVersions => {
  const [, only] = /^"([1-9]\d{0,14})"$/.exec(header ?? '') ?? [];
  if (only !== undefined) return [Number(only)];
  if (header === undefined || header.trim() === '*') throw commonErrors.preconditionRequired();
  const tags = tagsOf(header);
  if (!tags) throw malformed('if-match');
  return tags.filter(({ weak, text }) => !weak && /^[1-9]\d{0,14}$/.test(text)).map(({ text }) => Number(text));
};

/** True when the caller of a read has this version already, by an `If-None-Match` header, compared weakly. */
export const isKnown = (header: string | undefined, version: unknown): boolean => {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  // What is no list of tags matches nothing: the whole answer is never wrong.
  return tagsOf(header)?.some(({ text }) => text === String(version)) ?? false;
};
