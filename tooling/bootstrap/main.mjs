import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRunner } from './run.mjs';
import { prepareToolchain } from './toolchain.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

const turbo = (task) => (args) => ['turbo', 'run', task, ...args];
const script = (path) => (args) => ['node', join(root, path), ...args];

/** The verbs of package.json's scripts, each with the command that it stands for. */
const verbs = {
  start: script('tooling/dev-databases/src/start.ts'),
  test: script('tooling/dev-databases/src/run-tests.ts'),
  bench: script('tooling/dev-databases/src/bench.ts'),
  load: script('tooling/dev-databases/src/load.ts'),
  drill: script('tooling/backup/src/main.ts'),
  token: script('apps/platform/src/token.ts'),
  db: script('tooling/dev-databases/src/db.ts'),
  build: turbo('build'),
  lint: turbo('lint'),
  typecheck: turbo('typecheck'),
  format: (args) => ['biome', 'check', '--write', '--linter-enabled=false', ...(args.length > 0 ? args : ['.'])],
};

/** Prepares the toolchain and the packages, then runs the verb; resolves with the exit code. */
export async function main([verb = '', ...args]) {
  const command = Object.hasOwn(verbs, verb) ? verbs[verb](args) : undefined;
  if (command === undefined) {
    console.error(`There is no "${verb}"; the verbs are ${Object.keys(verbs).join(', ')}.`);
    return 1;
  }
  const runner = createRunner(root);
  try {
    const env = await prepareToolchain(root, runner);
    return await runner.run(command, { env, cwd: root });
  } catch (error) {
    if (!runner.stopped) console.error(error.message);
    return runner.exitCode(1);
  } finally {
    runner.close();
  }
}
