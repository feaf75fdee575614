// The warden: a small process, in a session of its own, that runs one command for as long as somebody holds it.
// A holder is an open socket: file descriptor 3 (the process that started the warden) and any connection to
// `socketPath`. The kernel closes a holder's socket whichever way that process dies, SIGKILL included, so a command
// under a warden never outlives its owners, and a Ctrl-C in the owner's terminal does not reach it.
// Plain JavaScript for Node >= 20: the bootstrap uses it before Node 24 is there.
import { spawn } from 'node:child_process';
import { rmSync, unlinkSync } from 'node:fs';
import net from 'node:net';
import { constants } from 'node:os';
import { killTree } from './kill-tree.mjs';

/** The exit code that says: another warden already guards this socket, connect to it. */
const SOCKET_TAKEN = 75;
const RESTART_AFTER_MS = 1000;

const spec = JSON.parse(process.argv[2] ?? '{}');
const holders = new Set();
const restarts = [];
let child;
let readyLine = '';
let stopping = false;

function hold(socket) {
  holders.add(socket);
  socket.on('error', () => release(socket));
  socket.on('end', () => release(socket));
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      serve(text.slice(0, end));
      text = text.slice(end + 1);
    }
  });
  if (readyLine !== '') socket.write(readyLine);
}

/** Called when the owner has seen the command work: from here on it is shared, and restarted if it dies. */
function serve(stateJson) {
  readyLine = `${stateJson}\n`;
  for (const holder of holders) holder.write(readyLine);
}

function release(socket) {
  if (!holders.delete(socket)) return;
  // The last socket stays open until this process ends: its closing tells the holder that all is over.
  if (holders.size > 0) socket.end();
  else stop();
}

function run() {
  const [command, ...args] = spec.command;
  child = spawn(command, args, { stdio: 'inherit', detached: true });
  child.on('error', (error) => {
    console.error(`${command} cannot be run: ${error.message}`);
    finish(127);
  });
  child.on('exit', (code, signal) => {
    const minuteAgo = Date.now() - 60_000;
    const restartsLately = restarts.filter((at) => at > minuteAgo).length;
    const mayRestart = readyLine !== '' && restartsLately < (spec.restartsPerMinute ?? 0);
    if (stopping || !mayRestart) return finish(code ?? 128 + (constants.signals[signal] ?? 0));
    restarts.push(Date.now());
    setTimeout(() => (stopping ? finish(0) : run()), RESTART_AFTER_MS);
  });
  for (const holder of holders) holder.write(`${JSON.stringify({ pid: child.pid })}\n`);
}

function stop() {
  if (stopping) return;
  stopping = true;
  server?.close();
  if (child === undefined) return finish(0);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(spec.graceMs === 0 ? 'SIGKILL' : 'SIGTERM');
  setTimeout(() => killGroup(child.pid), spec.graceMs).unref();
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

let finished = false;
function finish(exitCode) {
  if (finished) return;
  finished = true;
  void tidyUp().then(() => process.exit(exitCode));
}

async function tidyUp() {
  await killTree(process.env.PLINTH_WARD);
  if (spec.removeDir) rmSync(spec.removeDir, { recursive: true, force: true });
  if (server?.listening) unlinkSync(spec.socketPath);
}

/** Binding the socket is also the lock: one warden per path. A file left by a killed warden answers nobody. */
function bind() {
  server.once('listening', run);
  server.on('error', (error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    const probe = net.connect(spec.socketPath);
    probe.once('connect', () => process.exit(SOCKET_TAKEN));
    probe.once('error', () => {
      rmSync(spec.socketPath, { force: true });
      server.listen(spec.socketPath);
    });
  });
  server.listen(spec.socketPath);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
hold(new net.Socket({ fd: 3, readable: true, writable: true, allowHalfOpen: true }));
const server = spec.socketPath ? net.createServer({ allowHalfOpen: true }, hold) : undefined;
if (server) bind();
else run();
