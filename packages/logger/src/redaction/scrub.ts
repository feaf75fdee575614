import { textLengthMax } from './size-limits.ts';

// Longer than the cut, so that a secret that begins before the cut is recognized whole.
const windowMax = 2 * textLengthMax;

/** Marks the end of a text that was cut. */
export const cutMark = '…[cut]';

const wordEnds = ' \t\r\n"\'`,;<>()';

type Rule = readonly [pattern: RegExp, replacement: string];

// Every quantifier is bounded or anchored by a literal, so a hostile text costs linear time.
// Each rule also matches a secret without its end, because the text may have been cut in the middle of a token.
const rules: readonly Rule[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^]*?(?:-----END [A-Z ]{0,30}-----|$)/g, '[secret]'],
  // MongoDB quotes the values of the document here, up to the end of the message.
  [/dup key:[^]*/g, 'dup key: [pii]'],
  // The JSON parser quotes the document.
  [/(Unexpected [a-z]{1,12})[^]{0,300}? is not valid JSON/g, '$1 … is not valid JSON'],
  [/(bearer|basic|dpop)\s{1,8}[^\s"',;]{8,}/gi, '$1 [secret]'],
  [/ey[JA][\w-]{7,}(?:\.[\w-]*){0,4}/g, '[secret]'],
  [/v[1-4]\.(?:local|public)\.[\w-]+(?:\.[\w-]*)?/g, '[secret]'],
  // The second alternative is for a password that contains an unescaped slash; digits before a slash are a port.
  [/:\/\/(?:[^\s/?#"'<>]{1,2048}@|[^\s/?#:@"'<>]{0,256}:(?!\d{1,5}\/)[^\s"'<>]{0,2048}@)/g, '://[secret]@'],
  [/([?&](?:[\w-]{0,40}(?:token|secret|password|signature|key)|code|sig)=)[^\s&#"'<>]+/gi, '$1[secret]'],
  [
    /("(?:[\w-]{0,40}(?:token|secret|password|apikey|privatekey)|authorization|cookie)"\s{0,8}:\s{0,8})"[^"]*"?/gi,
    '$1"[secret]"',
  ],
  [/[^\s@"'<>()[\]{},;:=/\\|]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/gu, '[pii]'],
];

// Most texts are ids and names: this one test skips all rules for them.
const suspicious = /[@=]|"\s*:|eyJ|eyA|v[1-4]\.|bearer|basic|dpop|PRIVATE KEY|dup key|not valid JSON/i;

const toWindow = (text: string): string => {
  if (text.length <= windowMax) return text;
  // The last word of the window may be half of a secret, so it is removed.
  let end = windowMax;
  while (end > 0 && !wordEnds.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
};

/** Removes tokens, credentials and e-mail addresses from a text, which becomes well-formed and at most 4,096 characters long. */
export const scrub = (text: string): string => {
  let scrubbed = toWindow(text);
  if (suspicious.test(scrubbed)) {
    for (const [pattern, replacement] of rules) scrubbed = scrubbed.replace(pattern, replacement);
  }
  const cut = scrubbed.length > textLengthMax || text.length > windowMax;
  return (cut ? scrubbed.slice(0, textLengthMax) + cutMark : scrubbed).toWellFormed();
};

// JSON allows these characters as they are, but terminals and log readers take some for line ends or control sequences.
const unsafe = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/;
const unsafeAll = new RegExp(unsafe, 'g');

/** Escapes the characters of a JSON line that a reader may take for the end of the line. Its meaning stays the same. */
export const escapeLine = (line: string): string =>
  unsafe.test(line)
    ? line.replace(unsafeAll, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : line;
