import { type Ban, names, openings, phrases } from './banned-words.ts';

/** A part of a text, by its offsets. */
export type Place = { readonly start: number; readonly end: number };

type Finding = { offset: number; message: string };

// Replaces text that is not prose. Offsets stay, and a sentence ends here.
const blank = (text: string): string => text.replaceAll(/\S/g, '\0');

const sentence = /(?:[^\0.!?\n]|[.!?](?!\s)|\n(?!\s*\n))+[.!?]?/g;
const title = /(?:\b(?:it|test|describe)(?:\.\w+)*|\))\(\s*(['"`])((?:(?!\1).)*)\1/g;
const commentMark = /^ *(?:\/\/|#)|^\/\*+|\*\/$|^\s*\*(?=\s)/gm;
const tagOrCode = /@\w+|`[^`\n]*`/g;
const markdownCodeOrMark = /^```.*?^ *```|^ {4,}[^\n]*$|`[^`]*`|^ *(?:#+|[-*]|\d+\.) |\|/gms;

const titlesIn = (code: string): Place[] =>
  [...code.matchAll(title)].map(({ 0: call, 2: text = '', index }) => {
    const end = index + call.length - 1;
    return { start: end - text.length, end };
  });

/** The text of some places, at its offsets in the code. */
function proseAt(places: readonly Place[], code: string): string {
  let prose = blank(code);
  for (const { start, end } of places) {
    const text = code.slice(start, end).replaceAll(commentMark, (mark) => ' '.repeat(mark.length));
    prose = prose.slice(0, start) + text.replaceAll(tagOrCode, blank) + prose.slice(end);
  }
  return prose;
}

const find = (subject: string, bans: readonly Ban[], start = 0): Finding[] =>
  bans.flatMap(({ pattern, write }) =>
    [...subject.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(({ 0: found, index }) => ({
      offset: start + index,
      message: `"${found.replaceAll(/\s+/g, ' ')}": ${write}`,
    })),
  );

/** Finds banned words in a Markdown document, or in the comments, test titles and names of a source file. */
export function findWords(file: string, { text, comments }: { text: string; comments: readonly Place[] }): Finding[] {
  const isDocument = file.endsWith('.md');
  const places = file.endsWith('.test.ts') ? [...comments, ...titlesIn(text)] : comments;
  const prose = isDocument ? text.replaceAll(markdownCodeOrMark, blank) : proseAt(places, text);
  const opened = [...prose.matchAll(sentence)].flatMap(({ 0: words, index }) =>
    find(words.trim(), openings, index + words.search(/\S/)),
  );
  return [...opened, ...find(prose, phrases), ...find(isDocument ? prose : text, names)];
}
