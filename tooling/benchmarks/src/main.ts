// `npm run bench [-- --quick] [--reads get,list,health] [--writes post,patch,post-keyed] [--connections 1,8,32]
//   [--arrivals 300,1000] [--seed 1] [--rounds 3] [--slice 1.2] [--write]`
import { readFile, writeFile } from 'node:fs/promises';
import { bench } from './bench.ts';
import { readOptions, UsageError } from './options.ts';
import { createProcesses } from './processes.ts';
import { assertPlaces, reportOf, withFigures } from './report.ts';

const performanceDocument = new URL('../../../docs/performance.md', import.meta.url);

const enginesOf = ({ MONGODB_URI, REDIS_URL }: NodeJS.ProcessEnv) => {
  if (MONGODB_URI && REDIS_URL) return { mongodbUri: MONGODB_URI, redisUrl: REDIS_URL };
  throw new UsageError('MONGODB_URI and REDIS_URL are not set. Run `npm run bench`, which starts both.');
};

const run = async (log: (line: string) => void): Promise<void> => {
  if (process.platform !== 'linux')
    throw new UsageError('The benchmark reads CPU times in /proc, which only Linux has.');
  const options = readOptions(process.argv.slice(2));
  const engines = enginesOf(process.env);
  if (options.write) assertPlaces(await readFile(performanceDocument, 'utf8'));
  const processes = createProcesses();
  // What waits for a process then fails, and the database goes as after any other failure.
  const stop = (): void => {
    process.exitCode = 130;
    void processes.endAll();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  const { rows, conditions } = await bench({ ...engines, options, processes, log });
  const sections = reportOf(rows, conditions);
  for (const { name, figures } of sections) console.log(`\n${name}\n\n${figures}`);
  console.log('\nEach pair is platform / raw. "per core" is raw CPU / platform CPU: higher is better, 1 = raw.');
  if (options.write) {
    const document = await readFile(performanceDocument, 'utf8');
    await writeFile(performanceDocument, sections.reduce(withFigures, document));
    console.log('Written to docs/performance.md.');
  }
};

try {
  await run((line) => console.error(line));
} catch (error) {
  if (process.exitCode === 130) console.error('Stopped.');
  else {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 1;
  }
}
