// JSON allows these characters as they are, but terminals and log readers take some for line ends or control sequences.
const unsafe = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/;
const unsafeAll = new RegExp(unsafe, 'g');

/** Escapes the characters of a JSON line that a reader may take for the end of the line. Its meaning stays the same. */
export const escapeLine = (line: string): string =>
  unsafe.test(line)
    ? line.replace(unsafeAll, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : line;
