import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WriterIo } from './buffered-writer.ts';
import { createBufferedWriter, writeNow } from './buffered-writer.ts';

const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

/** A file that takes `room` bytes a call and fails first with each of `failures`. */
const fakeIo = (failures: string[] = [], room = 7): WriterIo & { readonly written: () => string; calls: number } => {
  let written = '';
  const take = (chunk: Buffer): number => {
    fake.calls += 1;
    const code = failures.shift();
    if (code) throw failure(code);
    written += chunk.subarray(0, room).toString();
    return Math.min(chunk.length, room);
  };
  const fake = {
    calls: 0,
    written: () => written,
    writeSync: (_fd: number, chunk: Buffer) => take(chunk),
    write: (_fd: number, chunk: Buffer, done: (error: NodeJS.ErrnoException | null, count: number) => void) =>
      void setImmediate(() => {
        try {
          done(null, take(chunk));
        } catch (error) {
          done(error as NodeJS.ErrnoException, 0);
        }
      }),
  };
  return fake;
};

describe('on a file', () => {
  let directory: string;
  let fd: number;
  const content = (): string => readFileSync(join(directory, 'out'), 'utf8');

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'plinth-logger-'));
    fd = openSync(join(directory, 'out'), 'a');
  });

  afterEach(() => {
    closeSync(fd);
    rmSync(directory, { recursive: true });
  });

  it('holds lines back until it is flushed', () => {
    const writer = createBufferedWriter({ fd });
    writer.write('one\n');
    expect(content()).toBe('');
    writer.flush?.();
    expect(content()).toBe('one\n');
  });

  it('writes by itself after the interval, and as soon as enough is held', async () => {
    const writer = createBufferedWriter({ fd, heldMin: 100, intervalMs: 30 });
    writer.write('one\n');
    await vi.waitFor(() => expect(content()).toBe('one\n'));
    const eager = createBufferedWriter({ fd, heldMin: 8, intervalMs: 60_000 });
    for (const line of ['two\n', 'six\n', 'ten\n', 'end\n']) eager.write(line);
    await vi.waitFor(() => expect(content()).toBe('one\ntwo\nsix\nten\nend\n'));
  });
});

describe('lines that are not made yet', () => {
  it('are made when they are written, in order with those that are', () => {
    const io = fakeIo([], 1000);
    const writer = createBufferedWriter({ fd: 9, io });
    let made = 0;
    writer.write('one\n');
    writer.write(() => `${++made} made\n`);
    writer.write('two\n');
    expect(made).toBe(0);
    writer.flush?.();
    writer.flush?.();
    expect(io.written()).toBe('one\n1 made\ntwo\n');
  });

  it('boundary: count for what may be held', () => {
    const io = fakeIo([], 1000);
    const writer = createBufferedWriter({ fd: 9, io, heldMax: 600 });
    for (const text of ['one\n', 'two\n', 'three\n']) writer.write(() => text);
    writer.flush?.();
    const [one, two, report] = io.written().split('\n');
    expect([one, two]).toEqual(['one', 'two']);
    expect(JSON.parse(report ?? '')).toMatchObject({ event: 'log-lines-dropped', count: 1 });
  });
});

describe('when the file takes little at a time, or not now', () => {
  it('writes every line once and in order', async () => {
    const io = fakeIo(['EAGAIN', 'EBUSY']);
    const writer = createBufferedWriter({ fd: 9, io, heldMin: 10 });
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}\n`);
    for (const line of lines) {
      writer.write(line);
      await sleep(1);
    }
    await vi.waitFor(() => expect(io.written().length).toBeGreaterThan(140));
    await sleep(20);
    writer.flush?.();
    expect(io.written()).toBe(lines.join(''));
  });

  it('flushes everything, however often it must ask again', () => {
    const io = fakeIo(['EAGAIN', 'EAGAIN']);
    writeNow('a line of several chunks\n', { fd: 9, io });
    expect(io.written()).toBe('a line of several chunks\n');
  });
});

describe('when nobody reads', () => {
  it('gives up a flush at once if the reader is gone, and after a second if it is stuck', () => {
    const gone = fakeIo(['EPIPE', 'EPIPE']);
    writeNow('line\n', { fd: 9, io: gone });
    expect(gone.calls).toBe(1);
    const stuck = fakeIo(Array.from({ length: 1000 }, () => 'EAGAIN'));
    writeNow('line\n', { fd: 9, io: stuck });
    expect(stuck.calls).toBe(50);
  });

  it('drops a chunk that cannot be written, and goes on with the next', async () => {
    const io = fakeIo(['ENOSPC'], 100);
    const writer = createBufferedWriter({ fd: 9, io, heldMin: 5 });
    writer.write('lost\n');
    await sleep(10);
    writer.write('kept\n');
    await vi.waitFor(() => expect(io.written()).toBe('kept\n'));
  });

  it('holds no more than its bound, and says how many lines it dropped', () => {
    const io = fakeIo([], 1000);
    const writer = createBufferedWriter({ fd: 9, io, heldMax: 10 });
    for (const line of ['one\n', 'two\n', 'three\n', 'four\n']) writer.write(line);
    writer.flush?.();
    const [one, two, report] = io.written().split('\n');
    expect([one, two]).toEqual(['one', 'two']);
    expect(JSON.parse(report ?? '')).toMatchObject({ level: 'warn', event: 'log-lines-dropped', count: 2 });
  });
});
