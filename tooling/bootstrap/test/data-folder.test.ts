import { cp, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../run.mjs';
import { createTemporaryFolder, runCheckout } from './helpers.ts';

/** Creates a checkout that has only the scripts that run before the packages are installed. */
async function createCheckout(): Promise<string> {
  const checkout = await createTemporaryFolder();
  const modules = (await readdir(join(root, 'tooling/bootstrap'))).filter((name) => name.endsWith('.mjs'));
  const paths = ['bootstrap.mjs', 'dev-databases/src/guard', ...modules.map((name) => join('bootstrap', name))];
  const copy = (path: string) => cp(join(root, 'tooling', path), join(checkout, 'tooling', path), { recursive: true });
  await Promise.all(paths.map(copy));
  return checkout;
}

it.each<[string, (data: string) => Promise<unknown>]>([
  ['creates .data for this user only', async () => {}],
  ['closes a .data that other users can enter', (data) => mkdir(data, { mode: 0o755 })],
])('npm start %s', async (_, create) => {
  const checkout = await createCheckout();
  await create(join(checkout, '.data'));
  await runCheckout(checkout, 'start');
  expect((await stat(join(checkout, '.data'))).mode & 0o777).toBe(0o700);
});

it.each<[string, (data: string) => Promise<void>]>([
  // A file cannot be created in /proc, even by root.
  ['cannot be written to', (data) => symlink('/proc', data)],
  ['is a file', (data) => writeFile(data, '')],
])('npm start says in one sentence what to do when .data %s', async (_, create) => {
  const checkout = await createCheckout();
  const data = join(checkout, '.data');
  await create(data);
  const { code, stdout, stderr } = await runCheckout(checkout, 'start');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /^Plinth cannot write to \S+ \([A-Z]+\): make it a folder that belongs to this user and can be written to, .*\.\n$/,
  );
  expect(stderr).toContain(`${data} (`);
});
