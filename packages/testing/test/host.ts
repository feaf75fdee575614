// A minimal host: it serves requests, replies to messages with its arguments, and logs the text of FAULT.
import { createServer } from 'node:http';
import { nodeCommand, startChild } from '../src/process/index.ts';

const { PORT, FAULT, NODE_ENV } = process.env;
console.error(`started in ${NODE_ENV}`);
if (FAULT !== undefined) {
  console.error(FAULT);
  process.exit(3);
}
process.on('message', ({ starts }: { starts?: boolean }) => {
  // A second host, which only the end of this process stops.
  process.send?.(
    starts ? startChild(nodeCommand(import.meta.filename), { env: { PORT: '0' } }).pid : process.argv.slice(2),
  );
});
createServer((_, response) => response.end('ready')).listen(Number(PORT), '127.0.0.1');
