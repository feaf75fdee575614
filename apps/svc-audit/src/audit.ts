import { loadOrExit } from '@plinth/config';
import { runAudit } from './run-audit.ts';

process.exitCode = await runAudit(process.argv.slice(2), {
  load: loadOrExit,
  print: (line) => void process.stdout.write(`${line}\n`),
  printError: (line) => void process.stderr.write(`${line}\n`),
});
