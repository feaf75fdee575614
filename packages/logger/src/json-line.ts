import { scrub } from './scrub.ts';

// JSON allows these as they are, but terminals and log readers take some for line ends or for commands.
const unsafe = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/;
const unsafeAll = new RegExp(unsafe, 'g');

/** A line of JSON in which nothing can be taken for the end of a line; its meaning stays the same. */
export const escapeLine = (line: string): string =>
  unsafe.test(line)
    ? line.replace(unsafeAll, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : line;

// No dot and no @: whatever could be a token or an address takes the longer way.
const plainId = /^[\w:-]{0,64}$/;

/** A short text as JSON: ids pass as they are, everything else is scrubbed and escaped. */
export const quote = (text: string): string =>
  plainId.test(text) ? `"${text}"` : escapeLine(JSON.stringify(scrub(text)));

/** Times in ISO 8601; within a millisecond one is made once. */
export const createIsoTime = (): ((ms: number) => string) => {
  let last = Number.NaN;
  let text = '';
  return (time) => {
    if (time !== last) {
      text = new Date(time).toISOString();
      last = time;
    }
    return text;
  };
};
