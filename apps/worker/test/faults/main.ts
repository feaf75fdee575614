// `npm run test:faults -- [--full] [--seed <n>]`
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const usage = 'Usage: npm run test:faults [-- --full] [--seed <n>]';

const readOptions = () => {
  try {
    const { full, seed } = parseArgs({ options: { full: { type: 'boolean' }, seed: { type: 'string' } } }).values;
    if (seed !== undefined && !/^-?\d+$/.test(seed)) throw new TypeError(`The seed '${seed}' is not an integer.`);
    return { full, seed };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    return process.exit(1);
  }
};

const { full, seed } = readOptions();
const { status } = spawnSync('vitest', ['run', 'test/faults'], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  env: { ...process.env, PLINTH_HEAVY: full ? '1' : '', ...(seed !== undefined && { PLINTH_SEED: seed }) },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
