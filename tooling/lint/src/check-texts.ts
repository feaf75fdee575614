import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { exemptPaths } from './banned-words.ts';
import { findWords, type Place } from './words.ts';
import { listSources, listTexts, type Outcome } from './workspace.ts';

const suppression = /^(?:oxlint-disable|eslint-disable|biome-ignore|(?:v8|c8|istanbul) ignore)/;
const withReason =
  /^(?:oxlint-disable(?:-next-line|-line)? [\w@/-]+(?:, ?[\w@/-]+)* -- |biome-ignore \S+: |(?:v8|c8|istanbul) ignore \w+(?: \d+)?(?: @preserve)? -- )\S.{3,}/s;
const needsReason =
  'A suppression names its rule and states its reason: `oxlint-disable-next-line <rule> -- <reason>`.';

type Finding = { offset: number; message: string };
type Comment = Place & { readonly value: string };

/** Parses the comments of a source, or finds the lines of another file that begin with a mark of a comment. */
function listComments(file: string, text: string): Comment[] {
  if (!/\.[cm]?[jt]sx?$/.test(file)) {
    return [...text.matchAll(/^ *(?:#|\/\/) .*$/gm)].map(({ 0: value, index }) => {
      return { value, start: index, end: index + value.length };
    });
  }
  const { comments, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file} cannot be parsed: ${errors[0].message}`);
  return comments;
}

/** Finds suppressions without a rule or a reason, and banned words. */
export function findInText(file: string, text: string): Finding[] {
  const comments = file.endsWith('.md') ? [] : listComments(file, text);
  const silent = comments.filter(({ value }) => suppression.test(value.trim()) && !withReason.test(value.trim()));
  const words = exemptPaths.includes(file) ? [] : findWords(file, { text, comments });
  return [...silent.map(({ start }) => ({ offset: start, message: needsReason })), ...words];
}

/** Checks the suppressions and the words of all sources, documents and settings. */
export async function checkTexts(folder: string): Promise<Outcome> {
  const lines = [...(await listSources(folder)), ...(await listTexts(folder))].flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return findInText(file, text).map(
      ({ offset, message }) => `${file}:${text.slice(0, offset).split('\n').length} ${message}\n`,
    );
  });
  return { code: lines.length > 0 ? 1 : 0, output: `${lines.join('')}${lines.length} findings\n` };
}
