import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { type Ban, exemptPaths, names, openings, phrases } from './banned-words.ts';
import { listSources, listTexts, type Outcome } from './workspace.ts';

/** A comment or a test title, by its offsets in the text. */
type Passage = { readonly start: number; readonly end: number; readonly value: string };
type Finding = { offset: number; message: string };

const suppression = /^\s*(?:oxlint-disable|eslint-disable|biome-ignore|(?:v8|c8|istanbul) ignore)/;
const withReason =
  /^\s*(?:oxlint-disable(?:-next-line|-line)? [\w@/-]+(?:, ?[\w@/-]+)* -- |biome-ignore \S+: |(?:v8|c8|istanbul) ignore \w+(?: \d+)?(?: @preserve)? -- )\S.{3,}/s;
const needsReason =
  'A suppression names its rule and states its reason: `oxlint-disable-next-line <rule> -- <reason>`.';

const sentence = /(?:[^\0.!?\n]|[.!?](?!\s)|\n(?!\s*\n))+[.!?]?/g;
const title = /(?<=(?:\b(?:it|test|describe)(?:\.\w+)*|\))\(\s*(['"`]))(?:(?!\1).)*(?=\1)/g;
const settingsComment = /^ *(?:#|\/\/) .*$/gm;
const commentMark = /^ *(?:\/\/|#)|^\/\*+|\*\/$|^\s*\*(?=\s)/gm;
const tagOrCode = /@\w+|`[^`\n]*`/g;
const markdownCodeOrMark = /^```.*?^ *```|^ {4,}[^\n]*$|`[^`]*`|^ *(?:#+|[-*]|\d+\.) |\|/gms;

const match = (text: string, pattern: RegExp): Passage[] =>
  [...text.matchAll(pattern)].map(({ 0: value, index }) => ({ start: index, end: index + value.length, value }));

/** Parses the comments of a source, or finds the lines of settings that begin with a mark of a comment. */
function listComments(file: string, text: string): Passage[] {
  if (file.endsWith('.md')) return [];
  if (!/\.[cm]?[jt]sx?$/.test(file)) return match(text, settingsComment);
  const { comments, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file} cannot be parsed: ${errors[0].message}`);
  return comments;
}

/** Replaces text that is not prose. Offsets stay, and a sentence ends here. */
const blank = (text: string): string => text.replaceAll(/\S/g, '\0');

/** Returns the code with everything but the passages blanked, so that offsets stay. */
function toProse(passages: readonly Passage[], code: string): string {
  let prose = blank(code);
  for (const { start, end } of passages) {
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

/** Finds suppressions without a rule or a reason, and banned words in documents, comments, test titles and names. */
export function findInText(file: string, text: string): Finding[] {
  const comments = listComments(file, text);
  const unexplained = comments.filter(({ value }) => suppression.test(value) && !withReason.test(value));
  const findings = unexplained.map(({ start }) => ({ offset: start, message: needsReason }));
  if (exemptPaths.includes(file)) return findings;
  const isDocument = file.endsWith('.md');
  const passages = file.endsWith('.test.ts') ? [...comments, ...match(text, title)] : comments;
  const prose = isDocument ? text.replaceAll(markdownCodeOrMark, blank) : toProse(passages, text);
  const badOpenings = [...prose.matchAll(sentence)].flatMap(({ 0: words, index }) =>
    find(words.trim(), openings, index + words.search(/\S/)),
  );
  return [...findings, ...badOpenings, ...find(prose, phrases), ...find(isDocument ? prose : text, names)];
}

/** Checks the suppressions and the words of all sources, documents and settings. */
export function checkTexts(folder: string): Outcome {
  const lines = [...listSources(folder), ...listTexts(folder)].flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return findInText(file, text).map(
      ({ offset, message }) => `${file}:${text.slice(0, offset).split('\n').length} ${message}\n`,
    );
  });
  return { code: lines.length > 0 ? 1 : 0, output: `${lines.join('')}${lines.length} findings\n` };
}
