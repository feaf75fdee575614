import { write, writeSync } from 'node:fs';
import { textOf } from './line.ts';
import type { Destination, Line } from './logger-port.ts';

/** The calls of the file system that a writer makes, replaceable in tests. */
export type WriterIo = {
  write(fd: number, chunk: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void): void;
  writeSync(fd: number, chunk: Buffer): number;
};

type WriterOptions = {
  readonly fd: number;
  readonly io?: WriterIo;
  /** Lines are written once they reach this many characters together. */
  readonly heldMin?: number;
  /** Beyond this many, lines are dropped: a reader that has stalled costs lines, not the memory of the process. */
  readonly heldMax?: number;
  readonly intervalMs?: number;
};

const retryMs = 20;
const giveUpMs = 1000;

const canRetry = (error: unknown): boolean => ['EAGAIN', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '');

// Blocks the thread, which is what a write at the end of a process has to do.
const pause = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);

const nodeIo: WriterIo = { write, writeSync };

/** Writes everything before it returns; it gives up, without a word, when nobody can take it. */
export const writeNow = (text: string, { fd, io = nodeIo }: Pick<WriterOptions, 'fd' | 'io'>): void => {
  let chunk = Buffer.from(text);
  for (let waited = 0; chunk.length > 0 && waited < giveUpMs; ) {
    try {
      chunk = chunk.subarray(io.writeSync(fd, chunk));
    } catch (error) {
      // The reader is gone or the disk is full: there is nowhere to say it, and the process must still be able to end.
      if (!canRetry(error)) return;
      pause();
      waited += retryMs;
    }
  }
};

const droppedLine = (count: number): string =>
  `{"level":"warn","time":"${new Date().toISOString()}","event":"log-lines-dropped","count":${count}}\n`;

/** About as many characters as the line of a request has. */
const usualLength = 300;

const lengthOf = (line: Line): number => (typeof line === 'string' ? line.length : usualLength);

/**
 * Gathers lines and writes them without blocking, one chunk at a time; at exit, the rest at once. Lines that are not made
 * yet are made then, all together.
 * SonicBoom, pino's own, is not used: its flush at exit spins for ever once the reader of a pipe is gone, and each
 * write measures all that it holds, which costs tens of microseconds a line at 64 KiB.
 */
export const createBufferedWriter = (options: WriterOptions): Destination => {
  const { fd, io = nodeIo, heldMin = 65_536, heldMax = 16_777_216, intervalMs = 1000 } = options;
  let held: Line[] = [];
  let heldLength = 0;
  let dropped = 0;
  let writing = false;

  const send = (chunk: Buffer): void => {
    io.write(fd, chunk, (error, written) => {
      const rest = chunk.subarray(error ? 0 : written);
      if (error && canRetry(error)) setTimeout(send, retryMs, rest);
      else if (!error && rest.length > 0) send(rest);
      else {
        writing = false;
        if (heldLength >= heldMin) sendHeld();
      }
    });
  };
  const takeHeld = (): string => {
    const lines = held.map(textOf).join('');
    const text = dropped > 0 ? lines + droppedLine(dropped) : lines;
    held = [];
    heldLength = 0;
    dropped = 0;
    return text;
  };
  const sendHeld = (): void => {
    if (writing || held.length === 0) return;
    writing = true;
    send(Buffer.from(takeHeld()));
  };
  // What is being written goes on in its own thread, which the end of the process waits for.
  const flush = (): void => writeNow(takeHeld(), { fd, io });

  setInterval(sendHeld, intervalMs).unref();
  process.once('exit', flush);
  return {
    write: (line) => {
      const length = lengthOf(line);
      if (heldLength + length > heldMax) dropped += 1;
      else {
        held.push(line);
        heldLength += length;
      }
      if (heldLength >= heldMin) sendHeld();
    },
    flush,
  };
};
