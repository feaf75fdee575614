import { connectMongo } from '@plinth/mongo';
import { checkSettings, databaseSettings, type Module, systemClock, systemIds } from '@plinth/service-kit';
import { type RunOptions, selectModules, toExitCode } from '../command-line.ts';
import { commands } from './commands.ts';
import { readArguments, usage } from './read-arguments.ts';

export type RunJobsOptions = RunOptions & { readonly modules: readonly Module[] };

const runCommand = async (args: readonly string[], { load, modules, print }: RunJobsOptions): Promise<boolean> => {
  const { command, module, ...options } = readArguments(args);
  const selected = selectModules(modules, module, usage);
  const config = await load(databaseSettings, { check: checkSettings });
  // No command returns a cursor, so any secret serves.
  const datastore = await connectMongo({ ...config, CURSOR_SECRET: systemIds.next() });
  try {
    const jobs = selected.map((opened) => {
      const names = [...(opened.consumers ?? []), ...(opened.jobs ?? [])].map(({ name }) => name);
      const { inbox, pauses } = datastore.open(opened, { clock: systemClock, ids: systemIds });
      return { module: opened.name, consumers: names, inbox, pauses };
    });
    await commands[command]({ ...options, modules: jobs, clock: systemClock, print: (line) => print(`${line}\n`) });
    return true;
  } finally {
    await datastore.close();
  }
};

/** Runs a command of `npm run jobs`. Returns the exit code of its process. */
export const runJobs = (args: readonly string[], options: RunJobsOptions): Promise<0 | 1> =>
  toExitCode(() => runCommand(args, options), options);
