import { z } from 'zod';

// A lone surrogate would be read back as U+FFFD.
const WellFormed = z
  .string()
  .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode', abort: true });

const controlOrLineBreak = /[\p{Cc}\u2028\u2029]/u;
const controlButLineBreak = /[^\P{Cc}\t\n\r]/u;

// Combining marks need another character to be seen; joiners, fillers, blanks (braille, musical), and code points without a
// character, such as U+FFFF, are never seen.
const invisible = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cn}\p{M}\u2800\u{1D159}]*$/u;

const visible = { error: 'must have a visible character', abort: true };

const controls = String.raw`\u0000-\u001F\u007F-\u009F\u2028\u2029`;
const noControl = `[^${controls}]`;

/**
 * A line of text, such as a name or a title: no control characters or line breaks, and at least one visible character. The API
 * reference has this as a pattern; invisible characters other than white space would take hundreds of ranges there, so that
 * rule is a format.
 */
export const SingleLineText = WellFormed.regex(/\S/, visible)
  .refine((text) => !invisible.test(text), visible)
  .refine((text) => !controlOrLineBreak.test(text), 'must be a single line without control characters')
  .meta({ format: 'single-line', pattern: `^${noControl}*[^\\s${controls}]${noControl}*$` });

/** Text with paragraphs, such as a note: it may be empty, and has no control characters but tabs and line breaks. */
export const MultiLineText = WellFormed.refine(
  (text) => !controlButLineBreak.test(text),
  'must not have control characters other than tabs and line breaks',
).meta({ pattern: String.raw`^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$` });

/** A UUIDv7 as text. Any case is accepted, because UUIDs ignore case on input (RFC 9562), and lower case is returned. */
export const Id = z
  .string()
  .regex(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$/, 'must be a UUIDv7')
  .toLowerCase()
  .meta({ format: 'uuid' });

/** The body of a 204. */
export const NoContent = z.void();
