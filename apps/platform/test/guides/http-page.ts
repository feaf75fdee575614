import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The lines by which a page sets the variables of its commands. */
const setup = '    URL=http://127.0.0.1:3000\n    TOKEN=$(npm run --silent token)\n';

/** The URL that pages show. */
const shownUrl = 'http://127.0.0.1:3000';

/** A command of a page, and its output as the page shows it. */
export type Example = { readonly command: string; readonly shown: string };

/** Reads the commands of a page with their outputs. @throws when a part is missing, because then nothing would be checked. */
export const readCommands = (page: string): readonly Example[] => {
  const blocks = [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language, text = '']) => ({ language, text }));
  const examples = blocks.flatMap(({ language, text: command }, index) => {
    if (language !== 'sh') return [];
    const output = blocks[index + 1];
    if (!output || output.language === 'sh') throw new Error(`The page shows no output of this command:\n${command}`);
    if (!/\w/.test(output.text)) throw new Error(`The page shows an empty output of this command:\n${command}`);
    return [{ command, shown: output.text }];
  });
  if (examples.length === 0) throw new Error('The page has no command.');
  return examples;
};

/** Reads the commands of a page for HTTP clients, which also sets their variables. */
export const readExamples = (page: string): readonly Example[] => {
  if (!page.includes(setup)) throw new Error(`The page does not set its variables as the others do:\n${setup}`);
  return readCommands(page);
};

/** Ends the output of each command. */
const separator = '--- end of a command ---';

/** Returns JSON with line breaks, as pages show it, and other text as it is. */
const formatLine = (line: string): string =>
  /^\{.*\}$/.test(line) ? JSON.stringify(JSON.parse(line), undefined, 2) : line;

/** Runs the commands of a page in one shell, as a reader pastes them. @returns their outputs as a page shows them. */
export const runExamples = async (
  examples: readonly Example[],
  { url, token }: { url: string; token: string },
): Promise<readonly string[]> => {
  const script = examples.map(({ command }) => `${command}\nprintf '\\n%s\\n' '${separator}'\n`).join('');
  // Without HOME, so that no settings of curl change its output.
  const env = { PATH: process.env['PATH'], URL: url, TOKEN: token };
  const { stdout } = await run('bash', ['--norc', '-euc', script], { env, timeout: 50_000 });
  return stdout
    .replaceAll('\r\n', '\n')
    .replaceAll(url, shownUrl)
    .split(`\n${separator}\n`)
    .slice(0, -1)
    .map((output) => output.trimEnd().split('\n').map(formatLine).join('\n').concat('\n'));
};

/** Converts a shown output to a pattern: `…` is any text of its line, or any lines where it is alone. */
export const toPattern = (shown: string): RegExp => {
  const lines = shown.trimEnd().split('\n');
  const patterns = lines.map((line) =>
    line.trim() === '…' ? '(?:.*\\n)*?' : `${line.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '.*')}\\n`,
  );
  return new RegExp(`^${patterns.join('')}$`);
};
