// Ends processes when the one that started them has ended, in whatever way: the kernel then closes standard input.
// Lines of standard input add and remove process groups ("+123", "-123"). Runs on Node 20 too, for the bootstrap.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const [graceMs, folder] = process.argv.slice(2);
const groups = new Set();

/** True while a process of the group runs. */
function signal(group, name) {
  try {
    return process.kill(-group, name);
  } catch {
    return false;
  }
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('+')) groups.add(Number(line.slice(1)));
  else groups.delete(Number(line.slice(1)));
}
const deadline = Date.now() + Number(graceMs);
let remaining = [...groups].filter((group) => signal(group, 'SIGTERM'));
while (remaining.length > 0 && Date.now() < deadline) {
  await sleep(20);
  remaining = remaining.filter((group) => signal(group, 0));
}
for (const group of remaining) signal(group, 'SIGKILL');
if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
