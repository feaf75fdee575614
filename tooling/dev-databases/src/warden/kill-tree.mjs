// Ends what a command left behind. Children of a killed middle process belong to nobody any more; what still marks
// them is the environment that they inherited, so that is what is looked for.
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const TERM_MS = 1500;

/** Every other process that carries `PLINTH_WARD=<mark>`. Empty where there is no /proc (macOS). */
async function marked(mark) {
  const needle = `PLINTH_WARD=${mark}\0`;
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.map(Number).filter((pid) => pid > 1 && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      return environment.includes(needle) ? [pid] : [];
    }),
  );
  return found.flat();
}

function signalAll(pids, signal) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile.
    }
  }
}

/** SIGTERM to every process of the mark, SIGKILL to those that are still there after `termMs`. */
export async function killTree(mark, termMs = TERM_MS) {
  if (!mark) return;
  let pids = await marked(mark);
  signalAll(pids, 'SIGTERM');
  const deadline = Date.now() + termMs;
  while (pids.length > 0 && Date.now() < deadline) {
    await sleep(50);
    pids = await marked(mark);
  }
  signalAll(pids, 'SIGKILL');
}
