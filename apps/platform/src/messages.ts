import { loadOrExit } from '@plinth/config';
import { runMessages } from './messages/run.ts';
import { modules } from './modules.ts';

process.exitCode = await runMessages(process.argv.slice(2), {
  modules,
  load: loadOrExit,
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
});
