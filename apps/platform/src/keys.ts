import { parseArgs } from 'node:util';
import { StartupError } from '@plinth/data-kit';
import { openDevelopmentKeySet } from './keys/development-keys.ts';
import { listKeys, makeKey, openKeySet, retireKey } from './keys/key-set.ts';

const usage = 'Usage: npm run keys -- list|make|retire <kid> [--file <path>]';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const make = async (file: string | undefined): Promise<void> => {
  const keySet = file === undefined ? await openDevelopmentKeySet() : openKeySet(file);
  const { kid, result } = await makeKey(keySet);
  const explanation = `Made the key ${kid}. ${keySet.path} trusts it.\n`;
  if (file === undefined) return print(`${explanation}${result}`);
  // Standard output has nothing but the private key, so that a command can read it.
  process.stderr.write(
    `${explanation}Its private key is printed once. Give it to your token issuer and to nothing else:\n`,
  );
  print(result);
};

const isKid = (arg: string): boolean => /^-[^-]/.test(arg);

/** The name of a key may begin with a hyphen. There are no options of one letter. */
const parse = (args: readonly string[]) => {
  const ordered = [...args.filter((arg) => !isKid(arg)), '--', ...args.filter(isKid)];
  try {
    return parseArgs({ args: ordered, allowPositionals: true, options: { file: { type: 'string' } } });
  } catch (error) {
    throw new StartupError(`${(error as Error).message}\n${usage}`);
  }
};

const main = async (args: readonly string[]): Promise<void> => {
  const { values, positionals } = parse(args);
  const [command, kid, ...rest] = positionals;
  const { file } = values;
  if (command === 'make' && kid === undefined) return make(file);
  const open = async () => (file === undefined ? openDevelopmentKeySet() : openKeySet(file));
  if (command === 'list' && kid === undefined) return print((await listKeys(await open())).join('\n'));
  if (command !== 'retire' || kid === undefined || rest.length > 0) throw new StartupError(usage);
  await retireKey(kid, await open());
  print(`Retired the key ${kid}: its tokens are refused from now on.`);
};

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
