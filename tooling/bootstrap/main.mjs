import { join } from 'node:path';
import { createDataFolder } from './data-folder.mjs';
import { root, withRunner } from './run.mjs';
import { prepareToolchain } from './toolchain.mjs';
import { isHelp, renderHelp, renderList, verbs } from './verbs.mjs';

/** Prepares the toolchain and the packages, then runs the verb. Resolves with the exit code. */
export async function main([name = '', ...args]) {
  if (!Object.hasOwn(verbs, name)) {
    const wantsHelp = isHelp([name]);
    if (name !== '' && !wantsHelp) console.error(`There is no command "${name}".\n`);
    process[wantsHelp ? 'stdout' : 'stderr'].write(renderList());
    return wantsHelp ? 0 : 1;
  }
  const verb = verbs[name];
  if (isHelp(args)) {
    process.stdout.write(renderHelp(verb));
    return 0;
  }
  return withRunner(async (runner) => {
    const data = createDataFolder(root);
    const env = await prepareToolchain(root, runner);
    // A third of the time of a start. Coverage is less exact with it.
    if (name !== 'test') env.NODE_COMPILE_CACHE ??= join(data, 'compile-cache');
    return runner.start(verb.command(args), { env }).ended;
  });
}
