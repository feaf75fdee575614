import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { artifacts } from '../src/artifacts.ts';

const folder = new URL('../', import.meta.url);
const made = await artifacts();

describe.each(Object.entries(made))('%s', (path, text) => {
  it('is what the contracts say: `npm run build` writes it', async () => {
    expect(await readFile(new URL(path, folder), 'utf8')).toBe(text);
  });
});

it('nothing is left of a module that is gone', async () => {
  const folders = ['dashboards', 'rules'];
  const files = await Promise.all(
    folders.map(async (name) => (await readdir(new URL(name, folder))).map((file) => `${name}/${file}`)),
  );
  expect(files.flat().toSorted()).toEqual(Object.keys(made).toSorted());
});

it('every service has rules and a dashboard', async () => {
  const apps = await readdir(new URL('../../apps', folder));
  const services = apps.filter((app) => app.startsWith('svc-')).map((app) => app.slice('svc-'.length));
  expect(services).not.toEqual([]);
  for (const name of services) {
    expect(Object.keys(made)).toEqual(expect.arrayContaining([`dashboards/${name}.json`, `rules/${name}.yaml`]));
  }
});
