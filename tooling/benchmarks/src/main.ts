// `npm run bench [-- --quick] [--reads get,list,health] [--writes post,patch,post-keyed] [--connections 1,8,32]
//   [--arrivals 300,1000] [--seed 1] [--rounds 3] [--slice 1.2] [--write]`
// `npm run bench -- --gate [--quick] [--base <commit>]`
// `npm run bench -- --waterfall|--tracing|--overload [--reads …] [--writes …] [--connections 1,32] [--rounds 3] [--slice 1] [--write]`
// `npm run bench -- --transforms`
import { readFile, writeFile } from 'node:fs/promises';
import { bench } from './bench.ts';
import { gate, gateReport } from './gate.ts';
import { readGateOptions } from './gate-options.ts';
import { type Mode, modeOf, readModeOptions, readOptions, UsageError } from './options.ts';
import { overload } from './overload.ts';
import { createProcesses } from './processes.ts';
import { assertPlaces, reportOf, type Section, withFigures } from './report.ts';
import { tracing } from './tracing.ts';
import { transforms } from './transforms.ts';
import { timeTransforms, transformsTable } from './transforms-run.ts';
import { waterfall } from './waterfall.ts';

const performanceDocument = new URL('../../../docs/performance.md', import.meta.url);

const enginesOf = ({ MONGODB_URI, REDIS_URL }: NodeJS.ProcessEnv) => {
  if (MONGODB_URI && REDIS_URL) return { mongodbUri: MONGODB_URI, redisUrl: REDIS_URL };
  throw new UsageError('MONGODB_URI and REDIS_URL are not set. Run `npm run bench`, which starts both.');
};

/** Ends what was started when this process is told to end. What waits for it then fails, and the databases go. */
const startProcesses = () => {
  const processes = createProcesses();
  const stop = (): void => {
    process.exitCode = 130;
    void processes.endAll();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  return processes;
};

type Log = (line: string) => void;

const write = async (sections: readonly Section[]): Promise<void> => {
  const document = await readFile(performanceDocument, 'utf8');
  await writeFile(performanceDocument, sections.reduce(withFigures, document));
  console.log('Written to docs/performance.md.');
};

const compareWithRaw = async (args: readonly string[], log: Log): Promise<void> => {
  const options = readOptions(args);
  const engines = enginesOf(process.env);
  if (options.write) assertPlaces(await readFile(performanceDocument, 'utf8'));
  const { rows, conditions } = await bench({ ...engines, options, processes: startProcesses(), log });
  const sections = reportOf(rows, conditions);
  for (const { name, figures } of sections) console.log(`\n${name}\n\n${figures}`);
  console.log('\nEach pair is platform / raw. "per core" is raw CPU / platform CPU: higher is better, 1 = raw.');
  if (options.write) await write(sections);
};

const modes = { waterfall, tracing, overload };

const compareInMode = async (mode: Mode, args: readonly string[], log: Log): Promise<void> => {
  const options = readModeOptions(mode, args);
  if (options.write) assertPlaces(await readFile(performanceDocument, 'utf8'));
  const parts = { ...enginesOf(process.env), options, processes: startProcesses(), log };
  const section = await modes[mode](parts);
  console.log(`\n${section.figures}`);
  if (options.write) await write([section]);
};

const compareWithBase = async (args: readonly string[], log: Log): Promise<void> => {
  const options = readGateOptions(args);
  const outcome = await gate({ ...enginesOf(process.env), ...options, processes: startProcesses(), log });
  console.log(`\n${gateReport(outcome)}`);
  if (outcome.dearer.length > 0) process.exitCode = 1;
};

const run = async (args: readonly string[], log: Log): Promise<void> => {
  if (args.includes('--transforms')) {
    if (args.length > 1) throw new UsageError('--transforms stands alone: npm run bench -- --transforms');
    console.log(transformsTable(await timeTransforms(await transforms())));
    return;
  }
  if (process.platform !== 'linux')
    throw new UsageError('The benchmark reads CPU times in /proc, which only Linux has.');
  const mode = modeOf(args);
  if (mode) await compareInMode(mode, args, log);
  else await (args.includes('--gate') ? compareWithBase : compareWithRaw)(args, log);
};

try {
  await run(process.argv.slice(2), (line) => console.error(line));
} catch (error) {
  if (process.exitCode === 130) console.error('Stopped.');
  else {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 1;
  }
}
