// Serves as a host does, answers messages with what it was given, and says what it is told to.
import { createServer } from 'node:http';
import { nodeCommand, startChild } from '../src/process/index.ts';

const { PORT, FAULT, NODE_ENV } = process.env;
console.error(`begins in ${NODE_ENV}`);
if (FAULT !== undefined) {
  console.error(FAULT);
  process.exit(3);
}
process.on('message', ({ starts }: { starts?: boolean }) => {
  // Another one of its own, which nobody ends.
  process.send?.(starts ? startChild(nodeCommand(import.meta.filename)).pid : process.argv.slice(2));
});
createServer((_, answer) => answer.end('ready')).listen(Number(PORT), '127.0.0.1');
