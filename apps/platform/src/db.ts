import { loadOrExit } from '@plinth/config';
import { runDb } from './db/run.ts';

process.exitCode = await runDb(process.argv.slice(2), {
  load: loadOrExit,
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
});
