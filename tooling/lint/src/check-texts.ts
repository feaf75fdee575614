import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { convertedPaths, exemptPaths } from './banned-words.ts';
import { findWords } from './words.ts';
import { listDocuments, listSources, type Outcome, root } from './workspace.ts';

const suppression = /^(?:oxlint-disable|eslint-disable|biome-ignore|(?:v8|c8|istanbul) ignore)/;
const withReason =
  /^(?:oxlint-disable(?:-next-line|-line)? [\w@/-]+(?:, ?[\w@/-]+)* -- |biome-ignore \S+: |(?:v8|c8|istanbul) ignore \w+(?: \d+)?(?: @preserve)? -- )\S.{3,}/s;
const needsReason =
  'A suppression names its rule and states its reason: `oxlint-disable-next-line <rule> -- <reason>`.';

type Finding = { offset: number; message: string };

/** Finds suppressions without a rule or a reason, and banned words where `hasWords` says that the file is converted. */
export function findInText(file: string, text: string, hasWords: boolean): Finding[] {
  if (file.endsWith('.md')) return hasWords ? findWords(file, { text, comments: [] }) : [];
  const { comments, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file} cannot be parsed: ${errors[0].message}`);
  const silent = comments.filter(({ value }) => suppression.test(value.trim()) && !withReason.test(value.trim()));
  const words = hasWords ? findWords(file, { text, comments }) : [];
  return [...silent.map(({ start }) => ({ offset: start, message: needsReason })), ...words];
}

/** Checks the suppressions of all sources, and the words of the files below `paths`. */
export async function checkTexts(folder: string, paths = convertedPaths): Promise<Outcome> {
  const hasWords = (file: string): boolean =>
    paths.some((path) => file.startsWith(path)) && !exemptPaths.includes(file);
  const lines = [...(await listSources(folder)), ...(await listDocuments(folder))].flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return findInText(file, text, hasWords(file)).map(
      ({ offset, message }) => `${file}:${text.slice(0, offset).split('\n').length} ${message}\n`,
    );
  });
  return { code: lines.length > 0 ? 1 : 0, output: `${lines.join('')}${lines.length} findings\n` };
}

// `node src/check-texts.ts packages/mongo docs` checks folders that are not in `convertedPaths` yet.
if (import.meta.main) process.stdout.write((await checkTexts(root, process.argv.slice(2))).output);
