import { loadOrExit } from '@plinth/config';
import { runJobs } from './jobs/run.ts';
import { modules } from './modules.ts';

process.exitCode = await runJobs(process.argv.slice(2), {
  modules,
  load: loadOrExit,
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
});
