import { pbkdf2 } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { ConfigIssue } from './config-error.ts';
import { integer } from './setting-types.ts';
import { watchSetting } from './watch-setting.ts';

const schema = integer({ max: 100 }).meta({ description: 'A number.' });

const createFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-watch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** Watches a file until the end of the test. */
const watch = (file: string | undefined) => {
  const values: number[] = [];
  const issues: ConfigIssue[] = [];
  const stop = watchSetting('LIMIT', schema, {
    onChange: (value) => values.push(value),
    onInvalid: (issue) => issues.push(issue),
    env: { LIMIT_FILE: file },
  });
  onTestFinished(stop);
  return { values, issues, stop };
};

it('delivers the value of the file and each new one, and reports an invalid content without quoting it', async () => {
  const file = join(await createFolder(), 'limit');
  await writeFile(file, '1\n');
  const { values, issues } = watch(file);
  await writeFile(file, '22\n');
  await expect.poll(() => values).toEqual([1, 22]);
  await writeFile(file, 'not a number');
  await expect.poll(() => issues).toMatchObject([{ name: 'LIMIT', problem: 'is not valid' }]);
  expect(JSON.stringify(issues)).not.toContain('not a number');
  await rm(file);
  await expect.poll(() => issues[1]).toMatchObject({ name: 'LIMIT_FILE', problem: 'names no readable file' });
  await writeFile(file, '33\n');
  await expect.poll(() => values).toEqual([1, 22, 33]);
}, 20_000);

it('notices a link that is replaced, as Kubernetes replaces a mounted Secret', async () => {
  const folder = await createFolder();
  for (const [version, value] of Object.entries({ first: '1', second: '2' })) {
    await mkdir(join(folder, version));
    await writeFile(join(folder, version, 'limit'), value);
  }
  await symlink('first', join(folder, 'data'));
  const { values } = watch(join(folder, 'data', 'limit'));
  await symlink('second', join(folder, 'next'));
  await rename(join(folder, 'next'), join(folder, 'data'));
  await expect.poll(() => values).toEqual([1, 2]);
}, 20_000);

it('race: notices a change directly after the start, even when the threads of Node are busy', async () => {
  const file = join(await createFolder(), 'limit');
  await writeFile(file, '1');
  // Longer than the write below takes: `watchFile` uses these threads too.
  for (let count = 0; count < 8; count += 1) pbkdf2('password', 'salt', 300_000, 64, 'sha512', () => undefined);
  const { values } = watch(file);
  writeFileSync(file, '22');
  await expect.poll(() => values).toEqual([1, 22]);
}, 20_000);

it('does nothing without the variable, and nothing after it was stopped', async () => {
  const file = join(await createFolder(), 'limit');
  await writeFile(file, '1');
  expect(() => watch(undefined).stop()).not.toThrow();
  const stopped = watch(file);
  const running = watch(file);
  stopped.stop();
  await writeFile(file, '22');
  await expect.poll(() => running.values).toEqual([1, 22]);
  expect(stopped.values).toEqual([1]);
}, 20_000);
