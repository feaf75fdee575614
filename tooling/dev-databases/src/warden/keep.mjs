// The owner's side of the warden.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { killTree } from './kill-tree.mjs';

const WARDEN = fileURLToPath(new URL('./warden.mjs', import.meta.url));

/** Reads newline-separated JSON from a holder's socket. */
function onLines(socket, listener) {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) listener(JSON.parse(line));
  });
}

/**
 * Runs a command that ends when this process does, in a session of its own. `ended` resolves with the exit code
 * (128 + number for a signal); `end()` asks it to end and waits.
 */
export function keep({ command, graceMs = 10_000, socketPath, removeDir, restartsPerMinute, ...options }) {
  const mark = randomUUID();
  const spec = JSON.stringify({ command, graceMs, socketPath, removeDir, restartsPerMinute });
  const warden = spawn(process.execPath, [WARDEN, spec], {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env), PLINTH_WARD: mark },
    detached: true,
    stdio: [...(options.stdio ?? ['inherit', 'inherit', 'inherit']), 'pipe'],
  });
  const line = warden.stdio[3];
  let pid;
  onLines(line, (message) => {
    pid = message.pid ?? pid;
  });
  const released = new Promise((resolve) => line.on('close', resolve));
  line.on('error', () => {});
  const ended = new Promise((resolve) => {
    warden.on('error', () => resolve(127));
    warden.on('exit', (code) => {
      if (code !== null) return resolve(code);
      // A warden that was itself killed leaves its command to us.
      void endOrphan({ pid, mark, graceMs, removeDir }).then(() => resolve(137));
    });
  });
  return {
    stdout: warden.stdout,
    stderr: warden.stderr,
    ended,
    serve: (state) => line.write(`${JSON.stringify(state)}\n`),
    end: () => {
      warden.ref();
      line.ref();
      line.end();
      return socketPath ? Promise.race([ended, released]) : ended;
    },
    unref: () => {
      warden.unref();
      line.unref();
    },
  };
}

/** Its group first: redis-server overwrites the environment by which killTree would know it. */
async function endOrphan({ pid, mark, graceMs, removeDir }) {
  if (pid !== undefined) {
    const deadline = Date.now() + graceMs;
    for (let there = signalGroup(pid, 'SIGTERM'); there && Date.now() < deadline; there = signalGroup(pid, 0))
      await sleep(50);
    signalGroup(pid, 'SIGKILL');
  }
  await killTree(mark);
  if (removeDir !== undefined) await rm(removeDir, { recursive: true, force: true, maxRetries: 5 });
}

/** Whether there was a group to signal. */
function signalGroup(pid, signal) {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** Joins the holders of a warden that listens at `socketPath`; undefined when none does. */
export function attach(socketPath) {
  return new Promise((resolve) => {
    const socket = net.connect({ path: socketPath, allowHalfOpen: false });
    const ended = new Promise((done) => socket.on('close', done));
    socket.on('error', () => resolve(undefined));
    void ended.then(() => resolve(undefined));
    onLines(socket, (state) => {
      if (state.pid !== undefined) return;
      socket.unref();
      resolve({
        state,
        ended,
        end: () => {
          socket.ref();
          socket.end();
          return ended;
        },
      });
    });
  });
}
