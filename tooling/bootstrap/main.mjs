import { join } from 'node:path';
import { commands, isHelp, renderHelp, renderList } from './commands.mjs';
import { createDataFolder } from './data-folder.mjs';
import { root, withRunner } from './run.mjs';
import { prepareToolchain } from './toolchain.mjs';

/** Prepares the toolchain and the packages, then runs the command. Resolves with the exit code. */
export async function main([name = '', ...args]) {
  if (!Object.hasOwn(commands, name)) {
    const wantsHelp = isHelp([name]);
    if (name !== '' && !wantsHelp) console.error(`There is no command "${name}".\n`);
    process[wantsHelp ? 'stdout' : 'stderr'].write(renderList());
    return wantsHelp ? 0 : 1;
  }
  const command = commands[name];
  if (isHelp(args)) {
    process.stdout.write(renderHelp(command));
    return 0;
  }
  return withRunner(async (runner) => {
    const data = createDataFolder(root);
    const env = await prepareToolchain(root, runner);
    // The cache saves a third of the time of a start.
    env.NODE_COMPILE_CACHE ??= join(data, 'compile-cache');
    return runner.start(command.toProgram(args), { env }).ended;
  });
}
