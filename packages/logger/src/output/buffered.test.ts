import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBufferedDestination } from './buffered.ts';

let directory: string;
let path: string;
let fd: number;
const read = (): string => readFileSync(path, 'utf8');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plinth-logger-'));
  path = join(directory, 'out');
  fd = openSync(path, 'a');
});

afterEach(() => {
  closeSync(fd);
  rmSync(directory, { recursive: true });
});

describe('a buffered destination', () => {
  it('keeps lines until it is flushed', () => {
    const out = createBufferedDestination({ fd });
    out.write('one\n');
    expect(read()).toBe('');
    out.flush?.();
    expect(read()).toBe('one\n');
  });

  it('writes within about a second, and as soon as 12 KiB are buffered', async () => {
    const out = createBufferedDestination({ fd });
    out.write('one\n');
    await vi.waitFor(() => expect(read()).toBe('one\n'), { timeout: 3000 });
    const line = `${'x'.repeat(999)}\n`;
    for (let count = 0; count < 13; count += 1) out.write(line);
    await vi.waitFor(() => expect(read().length).toBeGreaterThan(12_000), { timeout: 500 });
  });

  it('drops lines beyond its limit and logs how many', async () => {
    const out = createBufferedDestination({ fd, maxLength: 100 });
    for (let count = 0; count < 15; count += 1) out.write(`line ${10 + count}..\n`);
    out.flush?.();
    out.write('kept\n');
    out.flush?.();
    const lines = read().trim().split('\n');
    const dropped = lines.find((line) => line.includes('dropped')) ?? '{}';
    expect(JSON.parse(dropped)).toMatchObject({ level: 'warn', event: 'log-lines-dropped', count: 5 });
    expect(lines.filter((line) => line.startsWith('line'))).toHaveLength(10);
    expect(lines.at(-1)).toBe('kept');
  });
});

describe('a destination that cannot be written to', () => {
  it('never throws', async () => {
    const full = openSync('/dev/full', 'w');
    const out = createBufferedDestination({ fd: full });
    for (let count = 0; count < 20; count += 1) out.write(`${'x'.repeat(999)}\n`);
    await sleep(50);
    out.write('more\n');
    expect(() => out.flush?.()).not.toThrow();
    closeSync(full);
  });

  it('does not keep the process from ending', () => {
    const program = `
      import { openSync } from 'node:fs';
      import { createBufferedDestination } from ${JSON.stringify(new URL('buffered.ts', import.meta.url).href)};
      createBufferedDestination({ fd: openSync('/dev/full', 'w') }).write('lost\\n');
      process.exit(3);`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
  });
});
