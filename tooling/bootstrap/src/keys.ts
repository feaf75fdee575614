// `npm run keys -- list|make|retire <kid> [--file <path>]`: the keys that access tokens are signed and verified with.
import { parseArgs } from 'node:util';
import { DevDatabasesError } from '@plinth/dev-databases';
import { withRunner } from '../run.mjs';
import { dataDir } from './environment.ts';
import { type KeysOptions, listKeys, makeKey, retireKey } from './key-set.ts';

const usage = 'Use: npm run keys -- list|make|retire <kid> [--file <path>]';

async function make(options: KeysOptions): Promise<void> {
  const { kid, path, result } = await makeKey(options);
  // Standard output has nothing but the private key of a file, so that a command can read it.
  const explain = options.file === undefined ? console.log : console.error;
  explain(`Made the key ${kid}. ${path} trusts it.`);
  if (options.file !== undefined)
    explain('Its private key is printed once. Give it to your token issuer and to nothing else:');
  console.log(result);
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { file: { type: 'string' } } });
  } catch (error) {
    throw new DevDatabasesError(`${(error as Error).message}\n${usage}`);
  }
}

async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, kid, ...rest] = positionals;
  const options = { dataDir, file: values.file };
  if (command === 'list' && kid === undefined) return console.log((await listKeys(options)).join('\n'));
  if (command === 'make' && kid === undefined) return make(options);
  if (command !== 'retire' || kid === undefined || rest.length > 0) throw new DevDatabasesError(usage);
  await retireKey(kid, options);
  console.log(`Retired the key ${kid}: its tokens are refused from now on.`);
}

process.exit(
  await withRunner(async () => {
    await run(process.argv.slice(2));
    return 0;
  }),
);
