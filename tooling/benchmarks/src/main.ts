// `npm run bench -- raw|arrivals|tracing|overload|regression|all`
import { readFile, writeFile } from 'node:fs/promises';
import { type ModeOptions, runRaw, runTracing } from './modes.ts';
import { type Command, help, type Mode, type Options, readCommand, UsageError } from './options.ts';
import { runOverload } from './overload.ts';
import { runRegression } from './regression.ts';
import { replaceFigures, toArrivalsTable, toConditions, toLoopTable } from './report.ts';
import { type Lab, openLab } from './servers.ts';

const performancePage = new URL('../../../docs/performance.md', import.meta.url);
const log = (line: string): void => console.error(line);

const getDatabases = ({ MONGODB_URI, REDIS_URL }: NodeJS.ProcessEnv) => {
  if (MONGODB_URI && REDIS_URL) return { mongodbUri: MONGODB_URI, redisUrl: REDIS_URL };
  throw new UsageError('MONGODB_URI and REDIS_URL are not set. Run `npm run bench`, which starts both.');
};

type Run = (lab: Lab, options: ModeOptions & Pick<Command, 'base'>) => Promise<string>;

const runs: Readonly<Record<Mode, Run>> = {
  raw: async (lab, options) => toLoopTable(await runRaw(lab, options)),
  arrivals: async (lab, options) => toArrivalsTable(await runRaw(lab, options, 'perSecond')),
  tracing: async (lab, options) => toLoopTable(await runTracing(lab, options)),
  overload: runOverload,
  regression: async (lab, options) => {
    const { rows, slower } = await runRegression(lab, options);
    if (slower.length > 0) process.exitCode = 1;
    const verdict = slower.length > 0 ? `Slower, twice: ${slower.join(', ')}.` : 'No request costs a tenth more.';
    return `${toLoopTable(rows)}\n\n${verdict}`;
  },
};

/** Runs a mode on its own servers. Returns its figures as Markdown. */
const measure = async (mode: Mode, options: Options, { base, profile }: Command): Promise<string> => {
  const lab = await openLab({ ...getDatabases(process.env), profile });
  const stop = (): void => {
    process.exitCode = 130;
    // The slice in progress fails, and with it the mode.
    void lab.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  try {
    const table = await runs[mode](lab, { ...options, base, log: (line) => log(`${mode}: ${line}`) });
    return `${table}\n\n${toConditions({ ...lab.conditions, ...options })}`;
  } finally {
    await lab.close();
  }
};

const run = async (): Promise<void> => {
  const command = readCommand(process.argv.slice(2));
  if (command === 'help') return console.log(help);
  if (process.platform !== 'linux') throw new UsageError('The benchmarks read CPU times from /proc: they need Linux.');
  for (const { mode, options } of command.modes) {
    const figures = await measure(mode, options, command);
    console.log(`\n${mode}\n\n${figures}\n`);
    if (!command.write || mode === 'regression') continue;
    await writeFile(performancePage, replaceFigures(await readFile(performancePage, 'utf8'), mode, figures));
  }
};

try {
  await run();
} catch (error) {
  if (process.exitCode === 130) log('Stopped.');
  else {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 1;
  }
}
